import type { Place } from './places.ts';
import { quoted } from './quoted.ts';

/** A completion for zsh; the file's name on `fpath` must be `_ovn-docker`. */
export function zshCompletion(places: readonly Place[]): string {
  return `#compdef ovn-docker
# zsh completion of ovn-docker, printed by \`ovn-docker completion zsh\`

_ovn_docker_at() {
  choices=()
  case $1 in
${places.map(casesOf).join('\n')}
  esac
}

_ovn_docker() {
  local place= word before=$words[CURRENT-1]
  local -a subcommands options valued
  local -A choices
  integer i
  _ovn_docker_at ''
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if (( $valued[(Ie)$word] )); then
      i=$((i + 1))
    elif (( \${subcommands[(I)\${(b)word}(|:*)]} )); then
      place="\${place:+$place }$word"
      _ovn_docker_at "$place"
    fi
  done
  if (( $valued[(Ie)$before] )); then
    if [[ -n $choices[$before] ]]; then compadd -- \${=choices[$before]}; else _files; fi
  elif [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif (( $#subcommands )); then
    _describe command subcommands
  else
    _files
  fi
}

if [[ $funcstack[1] == _ovn-docker ]]; then _ovn_docker; else compdef _ovn_docker ovn-docker; fi
`;
}

function casesOf({ words, commands, options }: Place): string {
  // _describe takes a colon as the end of the word.
  const described = (word: string, summary: string) => quoted(`${word.replaceAll(':', '\\:')}:${summary}`);
  const valued = options.filter(({ takesValue }) => takesValue);
  const choices = valued.filter((option) => option.choices.length > 0);
  return `    ${quoted(words)})
      subcommands=(${commands.map(({ word, summary }) => described(word, summary)).join(' ')})
      options=(${options.map(({ flag, summary }) => described(flag, summary)).join(' ')})
      valued=(${valued.map(({ flag }) => flag).join(' ')})
      choices=(${choices.map((option) => `${option.flag} ${quoted(option.choices.join(' '))}`).join(' ')}) ;;`;
}
