import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type MachineName, startAgent } from '@ovn-docker/lab';
import { parse, stringify } from 'yaml';

/** Sets keys of the configuration of a VM's agent and starts it again. Returns what puts the former one back. */
export async function configureAgent(
  lab: Lab,
  vm: MachineName,
  change: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  const machine = lab.machine(vm);
  const file = join(machine.places.data, 'etc', 'ovn-docker', 'config.yaml');
  const before = readFileSync(file, 'utf8');
  const apply = async (text: string) => {
    writeFileSync(file, text);
    await machine.stop('agent');
    await startAgent(machine);
  };
  await apply(stringify({ ...(parse(before) as object), ...change }));
  return () => apply(before);
}
