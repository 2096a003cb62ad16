import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildProgram as buildBrokerProgram } from '../../packages/credential-broker/src/commands/program.ts';
import { buildProgram } from '../../packages/ovn-docker/src/cli/program.ts';
import { root } from '../bundle.ts';
import type { Target } from './target.ts';
import type { Tree } from './tree.ts';

type Command = ReturnType<typeof buildProgram>;

/** The man pages of the agent and its commands. */
export const agentPages = ['ovn-docker.1', 'ovn-docker-agent.8', 'ovn-docker-config.5'] as const;

/** The sample configuration of the agent. */
export const agentExample = join(root, 'packaging/config.example.yaml');

/**
 * Adds a man page of packaging/manual/ to a package.
 * @param page the name of the file, such as `ovn-docker.1`
 * @param places `example`: path of the configuration that the page contains, by default the agent's;
 * `folder`: the folder of the package that gets the page, by default the one of its section
 */
export function addManualPage(
  tree: Tree,
  page: string,
  { version, time }: Target,
  places: { example?: string; folder?: string } = {},
): void {
  const { example = agentExample, folder = `usr/share/man/man${page.at(-1)}` } = places;
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  tree.write(`${folder}/${page}.gz`, gzipSync(manualPage(page, { version, date, example }), { level: 9 }));
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
    BROKERCOMMANDS: () =>
      buildBrokerProgram()
        .commands.map((command) => commandsOf(command, ''))
        .join('\n'),
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
