import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import { type MachineName, vms } from '../topology.ts';

/** The label of the main job's containers. The commands of the source document do not set it. */
export const RUN_LABEL = 'ovn-lab.run=main-job';

/** A network that the main job created, and a VM of its tenant. */
export interface CreatedNetwork {
  readonly id: string;
  readonly vm: MachineName;
}

const fileOf = (lab: Lab) => join(lab.layout.data, 'main-job.json');

/** Stores the networks that the main job created, so that the next run deletes only these. */
export function storeNetworks(lab: Lab, networks: readonly CreatedNetwork[]): void {
  writeFileSync(fileOf(lab), JSON.stringify(networks));
}

/** Removes the former run's containers and networks, except networks that the user's own containers use. */
export async function clearFormerRun(lab: Lab): Promise<void> {
  const networks = readNetworks(lab);
  for (const { name } of vms) {
    const machine = lab.machine(name);
    const list = await machine.must(['docker', 'ps', '-aq', '--filter', `label=${RUN_LABEL}`]);
    const containers = list.split('\n').filter(Boolean);
    if (containers.length > 0) await machine.must(['docker', 'rm', '--force', ...containers]);
    for (const { id } of networks) {
      const label = `label=org.ovn-docker.network=${id}`;
      const [network] = (await machine.must(['docker', 'network', 'ls', '-q', '--filter', label])).split(
        '\n',
      );
      // Docker refuses if containers of the user are on the network.
      if (network) await machine.run(['docker', 'network', 'rm', network]);
    }
  }
  // Neutron refuses if ports are on the network.
  for (const { id, vm } of networks) await lab.machine(vm).run(['ovn-docker', 'delete', 'network', id]);
  rmSync(fileOf(lab), { force: true });
}

function readNetworks(lab: Lab): CreatedNetwork[] {
  try {
    return JSON.parse(readFileSync(fileOf(lab), 'utf8')) as CreatedNetwork[];
  } catch {
    return []; // The former run had created no network.
  }
}
