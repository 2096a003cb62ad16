import type { Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { placesOf } from './places.ts';
import type { Shell } from './shells.ts';
import { zshCompletion } from './zsh.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The completion of a program for a shell, as the shell loads it. */
export function completionScript(shell: Shell, program: Command): string {
  return scripts[shell](placesOf(program));
}
