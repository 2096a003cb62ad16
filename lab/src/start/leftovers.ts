import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import { type MachineName, vms } from '../topology.ts';

/** The label that the main job puts on its containers, besides what the source document says. */
export const RUN_LABEL = 'org.ovn-docker.lab=main-job';

/** A network that the main job made, and a VM of the tenant that owns it. */
export interface MadeNetwork {
  readonly id: string;
  readonly vm: MachineName;
}

const fileOf = (lab: Lab) => join(lab.layout.data, 'main-job.json');

/** Notes what the main job made, so that the next run removes that and nothing else. */
export function noteNetworks(lab: Lab, networks: readonly MadeNetwork[]): void {
  writeFileSync(fileOf(lab), JSON.stringify(networks));
}

/** Removes the former run's containers and networks. A network that a user has come to use stays. */
export async function clearFormerRun(lab: Lab): Promise<void> {
  const networks = readNotes(lab);
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
      // Docker refuses while containers are on it, and those are not ours.
      if (network) await machine.run(['docker', 'network', 'rm', network]);
    }
  }
  // Neutron refuses likewise while ports are on it.
  for (const { id, vm } of networks) await lab.machine(vm).run(['ovn-docker', 'delete', 'network', id]);
  rmSync(fileOf(lab), { force: true });
}

function readNotes(lab: Lab): MadeNetwork[] {
  try {
    return JSON.parse(readFileSync(fileOf(lab), 'utf8')) as MadeNetwork[];
  } catch {
    return []; // The former run did not come that far.
  }
}
