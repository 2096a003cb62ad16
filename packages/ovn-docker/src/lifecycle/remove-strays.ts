import type { Port } from '@ovn-docker/openstack';
import { removeInterface } from '../attach/parts/remove-interface.ts';
import { nicIdOf, portTags } from '../clients/neutron/port-tags.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { recoverNics } from '../nics/recover.ts';
import { release } from './release.ts';

/** Removes a row of the VM's switch, unless a new NIC on the same VLAN has put its own there. */
export async function removeStrayRow(
  engine: Engine,
  { name, nicId }: { name: string; nicId: string },
): Promise<void> {
  const { vmSwitch } = await engine.vm();
  if (vmSwitch.port(name)?.externalIds[rowKeys.nic] === nicId) await vmSwitch.unplug([name]);
}

/** Deletes a veth pair, unless a new NIC on the same VLAN has made its own there. */
export async function removeStrayInterface(
  engine: Engine,
  { name, alias }: { name: string; alias: string },
): Promise<void> {
  const vm = await engine.vm();
  if (vm.netlink.link(name)?.alias === alias) removeInterface(vm, name);
}

/** Deletes a port with everything that was plugged for it, unless a NIC of the agent has it by now. */
export async function removeStrayPort(engine: Engine, { id, tags }: Port): Promise<void> {
  const vm = await engine.vm();
  const nicId = nicIdOf(tags) ?? '';
  // Neutron is asked again: a NIC that was made and deleted since the observation has deleted its port.
  const query = [portTags.vif(vm.vifId), portTags.nic(nicId)].join(',');
  const ports = (await explained(engine.neutron.ports.all({ tags: query }))).filter((port) => port.id === id);
  const subports = await vm.parentLinks.subports();
  const [stray] = await recoverNics(engine.neutron, { ports, subports, rows: vm.vmSwitch.ports() });
  const namesake = engine.nics.get(nicId);
  const nics = [...engine.nics.all(), ...engine.draining];
  const isInUse = nics.some(({ port }) => port?.id === id);
  if (!stray || stray.claim || isInUse || (namesake && !isSurelyAnother(namesake, id))) return;
  // If a NIC of the agent carries the same id, the stray gets an id of its own.
  const nic = namesake ? { ...stray, id: crypto.randomUUID() } : stray;
  // If a NIC of the agent has the stray's VLAN, everything in this VM under that VLAN belongs to that NIC.
  if (nics.some(({ vlan }) => vlan === nic.vlan)) delete nic.vlan;
  if (nic.vlan !== undefined) vm.vlans.markUsed(nic.vlan);
  await release(engine, nic);
}

/** Whether the NIC has a port, and it is not this one. */
function isSurelyAnother({ port, state }: Nic, portId: string): boolean {
  return state !== 'making' && port !== undefined && port.id !== portId;
}
