import type { Command } from 'commander';

/** What can follow a command's words on a command line. */
export interface Place {
  /** The words after `ovn-docker`, such as `pool fill`; '' at the beginning. */
  readonly words: string;
  readonly commands: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly OptionAt[];
}

export interface OptionAt {
  readonly flag: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** All places of a program, from its own list of commands, so that no completion can become stale. */
export function placesOf(program: Command): Place[] {
  return placesBelow(program, '');
}

function placesBelow(command: Command, words: string): Place[] {
  const help = { flag: '--help', summary: 'display help', takesValue: false, choices: [] };
  const options = command.options.map(({ long, description, required, argChoices = [] }) => ({
    flag: long ?? '',
    summary: description,
    takesValue: required,
    choices: argChoices,
  }));
  // Arguments with choices, such as the shells of `completion`, are completed like commands.
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const commands = [
    ...command.commands.map((sub) => ({ word: sub.name(), summary: sub.description() })),
    ...choices.map((word) => ({ word, summary: '' })),
  ];
  return [
    { words, commands, options: [...options, help] },
    ...command.commands.flatMap((sub) => placesBelow(sub, `${words} ${sub.name()}`.trim())),
  ];
}
