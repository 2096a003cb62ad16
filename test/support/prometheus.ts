import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '@ovn-docker/lab';

const folder = join(repository, '.tools', 'prometheus');

/** Unpacks Debian's Prometheus beside the machine's own packages, if this clone does not have it yet. */
export function unpackPrometheus(): void {
  const script = join(repository, 'scripts', 'debian-packages');
  execFileSync(script, ['bookworm', folder, 'prometheus'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Path of a program of the package. */
export const prometheusProgram = (name: 'prometheus' | 'promtool'): string =>
  join(folder, 'usr', 'bin', name);

/** Runs promtool(1). Returns its exit code and its output. */
export function promtool(args: readonly string[], input = ''): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(prometheusProgram('promtool'), args, {
    input,
    encoding: 'utf8',
    cwd: join(repository, 'packaging', 'prometheus'),
  });
  return { code: status, output: stdout + stderr };
}
