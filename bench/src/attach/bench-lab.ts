import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type CloudName, openLab, reconfigureAgent, repository } from '@ovn-docker/lab';

/** A lab that lasts as long as a benchmark. */
export interface BenchLab extends AsyncDisposable {
  readonly vm: ReturnType<ReturnType<typeof openLab>['machine']>;
  /** Sets keys of the agent's configuration in the VM and starts it again. */
  configure(change: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Raises a lab of its own name, with that Keystone and Neutron, and gives alice's VM in it. */
export async function raiseBenchLab(name: string, cloud: CloudName = 'embedded'): Promise<BenchLab> {
  const program = join(repository, 'lab', 'dist', 'lab.js');
  const run = (command: string, ...options: string[]) => {
    const args = [program, command, '--name', name, ...options];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`lab ${command} failed: ${stderr}`);
  };
  run('down');
  run('up', '--cloud', cloud);
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
