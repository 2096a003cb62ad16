import * as commander from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { errorTable, OvnDockerError } from '../errors.ts';
import type { Command } from './command.ts';
import { commands, groups } from './commands/index.ts';
import { type Shell, shells } from './completion/shells.ts';
import { globalOptions } from './global-options.ts';
import type { Options, OptionValues } from './options.ts';
import { readSettings, type Settings } from './settings.ts';

/** Builds the command line from the global options and the list of commands. */
export function buildProgram(): commander.Command {
  const program = new commander.Command('ovn-docker')
    .description('Containers in this VM as endpoints of Neutron / OVN logical networks.')
    .enablePositionalOptions()
    .configureOutput(outputOf(''))
    .configureHelp({ showGlobalOptions: true });
  addHelpCommand(program);
  const readGlobalOptions = addOptions(program, globalOptions);
  program.version(packageJson.version);
  for (const command of commands) {
    addCommand(program, command, () => readSettings(readGlobalOptions()));
  }
  addCompletionCommand(program);
  return program;
}

/** Commander's errors in the form of all others. Their hint names the help of the command. */
function outputOf(command: string): commander.OutputConfiguration {
  return {
    outputError: (text, write) =>
      write(`ovn-docker: ${text.replace(/^error: /, '').trim()} [E_USAGE]\n  hint: ${helpHint(command)}\n`),
  };
}

/** @param command the words of the command; '' for `ovn-docker` itself */
function helpHint(command: string): string {
  return command === '' ? errorTable.E_USAGE.hint : `run \`ovn-docker ${command} --help\``;
}

/** Adds `help`, which unlike commander's own also shows the help of a command in a group. */
function addHelpCommand(program: commander.Command): void {
  program.helpCommand(false);
  const help = program.command('help [command...]').description('display help for a command');
  help.action((words: readonly string[]) => {
    const found = words.reduce<commander.Command | undefined>(
      (parent, word) => parent?.commands.find((command) => command.name() === word),
      program,
    );
    if (!found) throw new OvnDockerError('E_USAGE', `there is no command \`${words.join(' ')}\``);
    found.outputHelp();
  });
}

/** Adds `completion`. Like `help`, it is about the program itself, and reads no configuration. */
function addCompletionCommand(program: commander.Command): void {
  program
    .command('completion')
    .description('print the completion of bash, zsh or fish')
    .configureOutput(outputOf('completion'))
    .addArgument(new commander.Argument('<shell>').choices(shells))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion/completion-script.ts');
      process.stdout.write(completionScript(shell, program));
    });
}

function addCommand(
  program: commander.Command,
  command: Command,
  loadSettings: () => Promise<Settings>,
): void {
  const { name, summary, arguments: declared = {}, options = {}, passesOptionsThrough } = command;
  const words = name.split(' ');
  const group = words.slice(0, -1).reduce(findOrAddGroup, program);
  const added = group
    .command(words.at(-1) ?? '')
    .description(summary)
    .configureOutput(outputOf(name));
  for (const { syntax, summary: description } of Object.values(declared)) added.argument(syntax, description);
  const readOptions = addOptions(added, options);
  if (passesOptionsThrough) added.passThroughOptions().allowUnknownOption();
  added.action(async () => {
    try {
      const settings = await loadSettings();
      const values = Object.keys(declared).map((key, index) => [key, added.processedArgs[index]]);
      const input = { ...Object.fromEntries(values), ...readOptions() };
      command.validate?.(settings, input);
      const { useCommand } = await import('./host/use-command.ts');
      await useCommand(command, settings, input, program.args);
    } catch (error) {
      throw withHelpHint(error, name);
    }
  });
}

/** Names the help of the command in the hint of an E_USAGE that has no hint of its own. */
function withHelpHint(error: unknown, command: string): unknown {
  const isGeneral =
    error instanceof OvnDockerError && error.code === 'E_USAGE' && error.hint === errorTable.E_USAGE.hint;
  return isGeneral
    ? new OvnDockerError('E_USAGE', error.message, { cause: error, hint: helpHint(command) })
    : error;
}

/** Returns the commander command of a group, such as `pool`, and adds it if it does not exist. */
function findOrAddGroup(parent: commander.Command, word: string): commander.Command {
  const group = parent.commands.find((command) => command.name() === word);
  return (
    group ??
    parent
      .command(word)
      .description(groups[word] ?? '')
      .configureOutput(outputOf(word))
  );
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
