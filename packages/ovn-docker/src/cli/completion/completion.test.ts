import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { commands } from '../commands/index.ts';
import { buildProgram } from '../program.ts';
import { completionScript } from './completion-script.ts';
import { placesOf } from './places.ts';
import { shells } from './shells.ts';

/** What bash offers after the words, the last of which is incomplete. */
function complete(...words: string[]): string[] {
  const script = `${completionScript('bash', buildProgram())}
COMP_WORDS=(ovn-docker "$@"); COMP_CWORD=$#; _ovn_docker; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['-u', '-c', script, 'bash', ...words], { encoding: 'utf8' });
  return printed.split('\n').filter((line) => line !== '');
}

it('bash completes commands, and commands of a group', () => {
  expect(complete('do')).toEqual(['doctor']);
  expect(complete('pool', '')).toEqual(['list', 'fill', 'drain']);
  expect(complete('help', 'po')).toEqual([]);
  expect(complete('completion', 'z')).toEqual(['zsh']);
});

it('bash completes the options of the command before the cursor', () => {
  expect(complete('--cred')).toEqual(['--cred', '--cred-file']);
  expect(complete('pool', 'fill', '--')).toEqual(['--count', '--json', '--help']);
  expect(complete('--network', 'pool', 'run', '--')).toEqual(['--help']);
});

it('bash does not take the value of an option for a command', () => {
  expect(complete('--network', 'pool', 'f')).toEqual([]);
  expect(complete('--network', '=', 'pool', 'st')).toEqual(['status']);
});

it('bash completes the values that an option accepts', () => {
  expect(complete('vif-id', '--by', 'meta')).toEqual(['metadata']);
  expect(complete('credential', 'create', '--output', '=', 'cl')).toEqual(['clouds.yaml', 'cloud-init']);
});

it.each(shells)('the completion of %s contains every command and option', (shell) => {
  const script = completionScript(shell, buildProgram());
  for (const { name, options = {} } of commands) {
    for (const word of name.split(' ')) expect(script).toContain(word);
    for (const { syntax } of Object.values(options))
      expect(script).toContain(/--(\S+)/.exec(syntax)?.[1] ?? '');
  }
});

it('every command is a place of its own', () => {
  const places = placesOf(buildProgram()).map(({ words }) => words);
  expect(places).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
});
