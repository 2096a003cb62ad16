import type { OptionAt, Place } from './places.ts';

/** A completion for fish. */
export function fishCompletion(places: readonly Place[]): string {
  const flags = places.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue));
  const valued = [...new Set(flags.map(({ flag }) => flag))];
  return `# fish completion of ovn-docker, printed by \`ovn-docker completion fish\`

# Whether the words before the cursor end with the command "$argv[1]".
function __ovn_docker_at
    set -l places ${places
      .filter(({ words }) => words !== '')
      .map(({ words }) => quotedForFish(words))
      .join(' ')}
    set -l valued ${valued.join(' ')}
    set -l place ''
    set -l is_value no
    for word in (commandline -opc)[2..-1]
        if test $is_value = yes
            set is_value no
        else if contains -- $word $valued
            set is_value yes
        else if contains -- (string trim "$place $word") $places
            set place (string trim "$place $word")
        end
    end
    test "$place" = "$argv[1]"
end

${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ words, commands, options }: Place): string[] {
  const at = `complete -c ovn-docker -n ${quotedForFish(`__ovn_docker_at ${quotedForFish(words)}`)}`;
  return [
    ...commands.map(({ word, summary }) => `${at} -f -a ${word} -d ${quotedForFish(summary)}`),
    ...options.map(
      (option) =>
        `${at} -l ${option.flag.replace('--', '')}${valueHint(option)} -d ${quotedForFish(option.summary)}`,
    ),
  ];
}

function valueHint({ takesValue, choices }: OptionAt): string {
  if (choices.length > 0) return ` -x -a ${quotedForFish(choices.join(' '))}`;
  return takesValue ? ' -r' : '';
}

/** In single quotes, fish knows two escapes. */
function quotedForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
