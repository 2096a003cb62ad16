import type { Place } from './places.ts';
import { quoted } from './quoted.ts';

/** A completion for bash that needs no package of helpers. */
export function bashCompletion(places: readonly Place[]): string {
  return `# bash completion of ovn-docker, printed by \`ovn-docker completion bash\`

_ovn_docker_at() {
  commands= options= valued=
  case $1 in
${places.map(casesOf).join('\n')}
  esac
}

_ovn_docker_choices() {
  case $1 in
${places.flatMap(choicesOf).join('\n')}
  esac
}

_ovn_docker() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} place= commands options valued word i
  # bash splits --option=value into three words.
  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  _ovn_docker_at ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ " $valued " == *" $word "* ]]; then
      i=$((i + 1))
      [[ \${COMP_WORDS[i]} == = ]] && i=$((i + 1))
    elif [[ " $commands " == *" $word "* ]]; then
      place="\${place:+$place }$word"
      _ovn_docker_at "$place"
    fi
  done
  if [[ " $valued " == *" $before "* ]]; then
    COMPREPLY=($(compgen -W "$(_ovn_docker_choices "$place $before")" -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  fi
}

complete -o default -F _ovn_docker ovn-docker
`;
}

function casesOf({ words, commands, options }: Place): string {
  const list = (items: readonly string[]) => quoted(items.join(' '));
  const valued = options.filter(({ takesValue }) => takesValue);
  return `    ${quoted(words)})
      commands=${list(commands.map(({ word }) => word))}
      options=${list(options.map(({ flag }) => flag))}
      valued=${list(valued.map(({ flag }) => flag))} ;;`;
}

function choicesOf({ words, options }: Place): string[] {
  return options
    .filter(({ choices }) => choices.length > 0)
    .map(({ flag, choices }) => `    ${quoted(`${words} ${flag}`)}) echo ${quoted(choices.join(' '))} ;;`);
}
