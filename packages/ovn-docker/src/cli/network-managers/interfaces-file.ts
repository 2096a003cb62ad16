/** A stanza of interfaces(5): its first line and the lines that belong to it. */
export interface Stanza {
  /** Such as `iface`, `auto`, `allow-hotplug`, `mapping`, `source`. */
  readonly keyword: string;
  /** The other words of its first line, also where a backslash continues that line. */
  readonly words: readonly string[];
  /** Numbers of its lines in the file, from 0. */
  readonly start: number;
  readonly end: number;
}

const KEYWORDS =
  /^(iface|auto|allow-\S+|mapping|source|source-directory|rename|template|no-auto-down|no-scripts)$/;

/** Stanzas that list names of interfaces. */
const LISTS = /^(auto|allow-\S+|no-auto-down|no-scripts)$/;

/** Reads the stanzas of a file. A line that ends with a backslash continues. */
export function parseStanzas(text: string): Stanza[] {
  const stanzas: { keyword: string; words: string[]; start: number; end: number }[] = [];
  let isContinued = false;
  let isFirstLine = false;
  for (const [number, line] of text.split('\n').entries()) {
    const words = line.replace(/\\$/, '').trim().split(/\s+/);
    const [first = ''] = words;
    const last = stanzas.at(-1);
    if (!isContinued && KEYWORDS.test(first)) {
      stanzas.push({ keyword: first, words: words.slice(1), start: number, end: number });
      isFirstLine = true;
    } else if (isContinued || (first !== '' && !first.startsWith('#'))) {
      isFirstLine &&= isContinued;
      if (last) last.end = number;
      if (isFirstLine) last?.words.push(...words.filter((word) => word !== ''));
    }
    isContinued = line.endsWith('\\');
  }
  return stanzas;
}

/** Whether `ifup -a`, which runs at boot, starts the interface by its name. */
export function startsAtBoot(text: string, name: string): boolean {
  return parseStanzas(text).some(
    ({ keyword, words }) => (keyword === 'auto' || keyword === 'allow-auto') && words.includes(name),
  );
}

/** The aliases of the interface that have stanzas, such as `eth0:1`: addresses with a name of their own. */
export function aliasesOf(text: string, name: string): string[] {
  return parseStanzas(text).flatMap(({ keyword, words: [alias = ''] }) =>
    keyword === 'iface' && alias.startsWith(`${name}:`) ? [alias] : [],
  );
}

/** A pattern such as `*.cfg` (glob(7)), which matches no hidden file. */
export function globOf(pattern: string): RegExp {
  const quoted = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^(?![.])${quoted}$`);
}

/** Whether a file has an `iface` stanza for the interface. */
export function configures(text: string, name: string): boolean {
  return parseStanzas(text).some(({ keyword, words }) => keyword === 'iface' && words[0] === name);
}

/** The methods of the interface's stanzas, such as `inet dhcp`. */
export function methodsOf(text: string, name: string): string[] {
  return parseStanzas(text)
    .filter(({ keyword, words }) => keyword === 'iface' && words[0] === name)
    .map(({ words }) => words.slice(1, 3).join(' '));
}

/** The lines of the interface's stanzas, without comments. */
export function stanzasOf(text: string, name: string): string[] {
  const lines = text.split('\n');
  return parseStanzas(text)
    .filter(({ keyword, words }) => keyword === 'iface' && words[0] === name)
    .flatMap(({ start, end }) => lines.slice(start, end + 1))
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}

/** A line that the bridge cannot take over from the uplink. */
export class UnclearLine extends Error {}

/**
 * Gives the stanzas of one interface to another one, with their options, and leaves everything else as it
 * is. `auto` and `allow-hotplug` lines get the new name as well: `auto`, because a bridge is not plugged.
 * @throws UnclearLine for a line that names the interface in another role
 */
export function renameInterface(text: string, from: string, to: string): string {
  const lines = text.split('\n');
  const word = new RegExp(`(?<![\\w.:/-])${escaped(from)}(?![\\w./-])`, 'g');
  const alias = new RegExp(`(\\s)${escaped(from)}:`, 'g');
  const added: string[] = [];
  for (const { keyword, words, start, end } of parseStanzas(text)) {
    const [name = ''] = words;
    if (keyword === 'iface' && (name === from || name.startsWith(`${from}:`))) {
      lines[start] = (lines[start] ?? '').replace(word, to);
      for (let at = start + 1; at <= end; at++) lines[at] = renameInOption(lines[at] ?? '', word, from, to);
    } else if (LISTS.test(keyword)) {
      // An alias such as eth0:1 has no kernel interface of its own.
      for (let at = start; at <= end; at++)
        lines[at] = (lines[at] ?? '').replaceAll(alias, (_, space: string) => `${space}${to}:`);
      if (!words.includes(from) || words.includes(to)) continue;
      const isOneLine = start === end && !keyword.startsWith('allow-');
      if (isOneLine) lines[start] = `${(lines[start] ?? '').trimEnd()} ${to}`;
      else added.push(`${keyword.startsWith('allow-') ? 'auto' : keyword} ${to}`);
    } else if (keyword === 'iface') {
      requireUnused(lines.slice(start, end + 1), from);
    } else if (keyword === 'mapping' && words.some((pattern) => globOf(pattern).test(from))) {
      // A script of the user chooses the stanza by the name of the interface.
      throw new UnclearLine((lines[start] ?? '').trim());
    }
  }
  return [...added, ...lines].join('\n');
}

/**
 * Only `dev eth0` and sysctls such as `net.ipv6.conf.eth0.accept_ra` name the interface with the addresses.
 * In other roles the uplink may be right.
 */
function renameInOption(line: string, word: RegExp, from: string, to: string): string {
  if (line.trim().startsWith('#')) return line;
  const sysctl = new RegExp(`\\b((?:conf|neigh)([./]))${escaped(from)}(?=\\2)`, 'g');
  const renamed = line
    .replace(/\bdev\s+\S+/g, (device) => device.replace(word, to))
    .replace(sysctl, (_, path: string) => `${path}${to}`);
  if (renamed.search(word) !== -1) throw new UnclearLine(line.trim());
  return renamed;
}

function requireUnused(lines: readonly string[], name: string): void {
  const used = new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`);
  const line = lines.find((each) => !each.trim().startsWith('#') && used.test(each));
  if (line !== undefined) throw new UnclearLine(line.trim());
}

/** A text as a part of a regular expression. */
export function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
