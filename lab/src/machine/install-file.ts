import { dirname } from 'node:path';
import type { Machine } from './machine.ts';

/** Writes a file of the machine, which only root can read, with the directories that lead to it. */
export async function installFile(machine: Machine, path: string, text: string): Promise<void> {
  const script = 'mkdir -p "$1" && umask 077 && cat > "$2"';
  await machine.must(['/bin/sh', '-c', script, 'install-file', dirname(path), path], { input: text });
}
