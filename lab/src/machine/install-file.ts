import { dirname } from 'node:path';
import type { Machine } from './machine.ts';

/** Writes a file in the machine that only root can read, and creates its directories. */
export async function installFile(machine: Machine, path: string, text: string): Promise<void> {
  const script = 'mkdir -p "$1" && umask 077 && cat > "$2"';
  await machine.must(['/bin/sh', '-c', script, 'install-file', dirname(path), path], { input: text });
}
