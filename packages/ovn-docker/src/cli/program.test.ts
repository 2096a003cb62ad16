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
