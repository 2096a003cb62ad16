import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildProgram } from '../../packages/ovn-docker/src/cli/program.ts';
import { root } from '../bundle.ts';
import type { Target } from './target.ts';
import type { Tree } from './tree.ts';

type Command = ReturnType<typeof buildProgram>;

/**
 * Adds a man page of packaging/manual/ to a package.
 * @param page the name of the file, such as `ovn-docker.1`
 * @param example path of the configuration that the page contains
 */
export function addManualPage(tree: Tree, page: string, { version, time }: Target, example?: string): void {
  const text = manualPage(page, { version, date: new Date(time * 1000).toISOString().slice(0, 10), example });
  tree.write(`usr/share/man/man${page.at(-1)}/${page}.gz`, gzipSync(text, { level: 9 }));
}

/** A man page with everything that the program itself knows. */
export function manualPage(
  page: string,
  { version, date, example }: { version: string; date: string; example?: string | undefined },
): string {
  const program = buildProgram();
  const sections: Record<string, () => string> = {
    VERSION: () => version,
    DATE: () => date,
    EXAMPLE: () => roff(readFileSync(example ?? '', 'utf8').trimEnd()),
    OPTIONS: () => optionsOf(program),
    COMMANDS: () => program.commands.map((command) => commandsOf(command, '')).join('\n'),
  };
  return readFileSync(join(root, 'packaging/manual', page), 'utf8').replace(
    /@([A-Z]+)@/g,
    (whole, name: string) => sections[name]?.() ?? whole,
  );
}

/** One paragraph for each command without commands below it, each with its options. */
function commandsOf(command: Command, before: string): string {
  const words = `${before} ${command.name()}`.trim();
  if (command.commands.length > 0) return command.commands.map((sub) => commandsOf(sub, words)).join('\n');
  const args = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '...' : '');
    return argument.required ? name : `[${name}]`;
  });
  const title = `.TP\n.B ${roff([words, ...args].join(' '))}\n${roff(command.description())}`;
  return command.options.length === 0 ? title : `${title}\n.RS\n${optionsOf(command)}\n.RE`;
}

function optionsOf(command: Command): string {
  return command.options
    .map(({ flags, description, argChoices }) => {
      const choices = argChoices ? ` (${argChoices.join(', ')})` : '';
      return `.TP\n.B ${roff(flags)}\n${roff(description + choices)}`;
    })
    .join('\n');
}

/** A text without formatting, as groff_man(7) needs it. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gm, '\\&');
}
