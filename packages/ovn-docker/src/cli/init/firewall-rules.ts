import type { Machine } from '../machine/machine.ts';

/** Programs that print the rules of the VM's firewall, with the pattern of a rule for one interface. */
const PROGRAMS = [
  { command: ['nft', '--stateless', 'list', 'ruleset'], words: String.raw`[io]if(?:name)?\s+(?:!=\s+)?` },
  { command: ['iptables-legacy-save'], words: String.raw`-[io]\s+` },
  { command: ['ip6tables-legacy-save'], words: String.raw`-[io]\s+` },
] as const;

/**
 * The rules of the VM's own firewall that name the uplink, where the VM's packets do not pass any more once
 * the bridge has the addresses: a rule that allows ssh on the uplink allows nothing then. None if no firewall
 * program is installed.
 */
export async function firewallRulesFor({ run }: Pick<Machine, 'run'>, name: string): Promise<string[]> {
  const found = new Set<string>();
  for (const { command, words } of PROGRAMS) {
    const [program, ...args] = command;
    const rules = await run(program, ...args).catch(() => '');
    const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const named = new RegExp(String.raw`(?:^|\s)${words}(?:\{[^}]*)?"?${quoted}(?:["\s,}]|$)`);
    for (const rule of rules.split('\n')) if (named.test(rule)) found.add(rule.trim());
  }
  return [...found];
}

/** A warning about these rules for the user who reads the plan; undefined without rules. */
export function firewallWarning(
  rules: readonly string[],
  uplink: string,
  bridge: string,
): string | undefined {
  if (rules.length === 0) return undefined;
  const some = rules.slice(0, 5).map((rule) => `    ${rule.slice(0, 150)}`);
  const more = rules.length > some.length ? [`    and ${rules.length - some.length} more`] : [];
  return [
    `Warning: your firewall names ${uplink}, but the VM's packets then pass ${bridge}. Name ${bridge} in these rules, too,`,
    'before you go on, or new connections to this VM may be refused:',
    ...some,
    ...more,
  ].join('\n');
}
