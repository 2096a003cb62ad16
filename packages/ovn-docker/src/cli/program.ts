import * as commander from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { errorTable, OvnDockerError } from '../errors.ts';
import type { Command } from './command.ts';
import { commands, groups } from './commands/index.ts';
import { globalOptions } from './global-options.ts';
import type { Options, OptionValues } from './options.ts';
import { readSettings, type Settings } from './settings.ts';

/** Builds the command line from the global options and the list of commands. */
export function buildProgram(): commander.Command {
  const program = new commander.Command('ovn-docker')
    .description('Containers in this VM as endpoints of Neutron / OVN logical networks.')
    .enablePositionalOptions()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `ovn-docker: ${text.replace(/^error: /, '').trim()} [E_USAGE]\n  hint: ${errorTable.E_USAGE.hint}\n`,
        ),
    })
    .configureHelp({ showGlobalOptions: true });
  const readGlobalOptions = addOptions(program, globalOptions);
  program.version(packageJson.version);
  for (const command of commands) {
    addCommand(program, command, () => readSettings(readGlobalOptions()));
  }
  return program;
}

function addCommand(
  program: commander.Command,
  command: Command,
  loadSettings: () => Promise<Settings>,
): void {
  const { name, summary, needsRoot, arguments: declared = {}, options = {}, passesOptionsThrough } = command;
  const words = name.split(' ');
  const group = words.slice(0, -1).reduce(findOrAddGroup, program);
  const added = group.command(words.at(-1) ?? '').description(summary);
  for (const { syntax, summary: description } of Object.values(declared)) added.argument(syntax, description);
  const readOptions = addOptions(added, options);
  if (passesOptionsThrough) added.passThroughOptions().allowUnknownOption();
  added.action(async () => {
    const settings = await loadSettings();
    const values = Object.keys(declared).map((key, index) => [key, added.processedArgs[index]]);
    const input = { ...Object.fromEntries(values), ...readOptions() };
    command.validate?.(settings, input);
    if (needsRoot) requireRoot(name);
    await command.action(settings, input);
  });
}

/** Returns the commander command of a group, such as `pool`, and adds it if it does not exist. */
function findOrAddGroup(parent: commander.Command, word: string): commander.Command {
  const group = parent.commands.find((command) => command.name() === word);
  return group ?? parent.command(word).description(groups[word] ?? '');
}

/** Adds options to a commander command. The returned function reads the user's values after parsing. */
function addOptions<O extends Options>(target: commander.Command, options: O): () => OptionValues<O> {
  const added = Object.entries(options).map(([key, { syntax, summary, choices, parse }]) => {
    const option = new commander.Option(syntax, summary);
    if (choices) option.choices(choices);
    if (parse) option.argParser(parse);
    target.addOption(option);
    return { key, name: option.attributeName() };
  });
  return () =>
    Object.fromEntries(
      added
        .map(({ key, name }) => [key, target.getOptionValue(name)])
        .filter(([, value]) => value !== undefined),
    );
}

/** @throws OvnDockerError `E_NOT_ROOT` */
function requireRoot(command: string): void {
  if (process.getuid?.() !== 0)
    throw new OvnDockerError('E_NOT_ROOT', `\`ovn-docker ${command}\` needs root`);
}
