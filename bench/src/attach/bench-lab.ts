import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type ApiKind, openLab, reconfigureAgent, repository } from '@ovn-docker/lab';

/** A lab for one benchmark. */
export interface BenchLab extends AsyncDisposable {
  /** VM-A, a VM of alice. */
  readonly vm: ReturnType<ReturnType<typeof openLab>['machine']>;
  /** Sets keys of the agent's configuration in the VM and restarts the agent. */
  configure(change: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Raises a lab with this name; first takes down a former lab of the name. */
export async function raiseBenchLab(
  name: string,
  { apiKind = 'embedded', engine = '20.10' }: { apiKind?: ApiKind; engine?: string } = {},
): Promise<BenchLab> {
  const program = join(repository, 'lab', 'dist', 'lab.js');
  const run = (command: string, ...options: string[]) => {
    const args = [program, command, '--name', name, ...options];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`lab ${command} failed: ${stderr}`);
  };
  run('down');
  run('up', '--cloud', apiKind, '--engine', engine);
  const vm = openLab(name).machine('vm-a');
  return {
    vm,
    configure: async (change) => {
      await reconfigureAgent(vm, change);
    },
    async [Symbol.asyncDispose]() {
      run('down');
    },
  };
}
