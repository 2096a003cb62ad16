import type { Lab } from '../lab.ts';
import { vms } from '../topology.ts';

/** Names of the tenants' networks in the main job. */
export const NETWORK = 'LS1';

/** The label that the main job puts on its containers, besides what the source document says. */
export const RUN_LABEL = 'org.ovn-docker.lab=main-job';

/** Removes the main job's containers, Docker networks and Neutron networks, so that it can be done again. */
export async function clearFormerRun(lab: Lab): Promise<void> {
  for (const { name, tenant } of vms) {
    const machine = lab.machine(name);
    const lines = async (command: string[]) => (await machine.must(command)).split('\n').filter(Boolean);
    const containers = await lines(['docker', 'ps', '-aq', '--filter', `label=${RUN_LABEL}`]);
    if (containers.length > 0) await machine.must(['docker', 'rm', '--force', ...containers]);
    const networks = await lines(['docker', 'network', 'ls', '-q', '--filter', 'driver=ovn']);
    if (networks.length > 0) await machine.must(['docker', 'network', 'rm', ...networks]);
    const own = vms.filter((vm) => vm.tenant === tenant).at(-1)?.name === name;
    if (own) await machine.must(['ovn-docker', 'delete', 'network', NETWORK, '--if-exists']);
  }
}
