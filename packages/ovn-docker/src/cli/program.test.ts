import { expect, it } from 'vitest';
import { commands, groups } from './commands/index.ts';
import { buildProgram } from './program.ts';

/** Finds a commander command by its words, such as `pool fill`. */
function find(name: string): ReturnType<typeof buildProgram> | undefined {
  return name
    .split(' ')
    .reduce<ReturnType<typeof buildProgram> | undefined>(
      (parent, word) => parent?.commands.find((command) => command.name() === word),
      buildProgram(),
    );
}

it.each(commands.map((command) => [command.name, command] as const))('`%s` is in --help', (name, command) => {
  const added = find(name);
  expect(added?.description()).toBe(command.summary);
  expect(added?.options.map(({ flags }) => flags)).toEqual(
    Object.values(command.options ?? {}).map(({ syntax }) => syntax),
  );
});

it('every command group has a description', () => {
  const shared = commands.flatMap(({ name }) => (name.includes(' ') ? (name.split(' ')[0] ?? '') : []));
  expect([...new Set(shared)].toSorted()).toEqual(Object.keys(groups).toSorted());
});

/** Runs a command line. Returns what commander prints, or the error. */
async function run(...args: string[]): Promise<string> {
  const program = buildProgram();
  const printed: string[] = [];
  const visit = (command: typeof program) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => printed.push(text),
      writeErr: (text) => printed.push(text),
    });
    command.commands.forEach(visit);
  };
  visit(program);
  await program.parseAsync(['node', 'ovn-docker', ...args]).catch((error: Error & { hint?: string }) => {
    printed.push(`${error.message}\n  hint: ${error.hint}`);
  });
  return printed.join('');
}

it('`help` shows the help of a command in a group', async () => {
  expect(await run('help', 'pool', 'fill')).toContain('Usage: ovn-docker pool fill [options] <network>');
  expect(await run('help', 'pool')).toContain('Usage: ovn-docker pool');
  expect(await run('help')).toContain('Usage: ovn-docker [options]');
  expect(await run('help', 'nope')).toContain('there is no command `nope`');
});

it.each([
  [['pool', 'fill', 'LS1', '--count', 'x'], 'ovn-docker pool fill --help'],
  [['pool', 'fill'], 'ovn-docker pool fill --help'],
  [['pool', 'nope'], 'ovn-docker pool --help'],
  [['create', 'network', ' '], 'ovn-docker create network --help'],
  [['run', 'busybox'], 'ovn-docker run --help'],
  [['nope'], 'run `ovn-docker --help`'],
  [['--vif-id=', 'status'], 'ovn-docker status --help'],
  [['--network=n', 'run', '--security-group', 'web', 'busybox'], 'write it before `run`'],
])('the hint about `ovn-docker %s` leads to %s', async (args, hint) => {
  expect(await run(...args)).toContain(hint);
});

it('`run` refuses a label of ovn-docker’s that does not exist', async () => {
  const label = 'org.ovn-docker.security_groups=web';
  expect(await run('--network=n', 'run', '--label', label, 'busybox')).toContain(
    'did you mean "org.ovn-docker.security-groups"',
  );
});
