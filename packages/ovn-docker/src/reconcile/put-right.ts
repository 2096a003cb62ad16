import type { Port } from '@ovn-docker/openstack';
import { addAgain } from '../attach/add-subport.ts';
import { attach } from '../attach/attach.ts';
import { removeLink } from '../attach/parts/remove-link.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { finish } from '../lifecycle/finish.ts';
import { reattach } from '../lifecycle/reattach.ts';
import { release } from '../lifecycle/release.ts';
import { renew } from '../lifecycle/renew.ts';
import { deleteNetwork, deleteStrayNetwork } from '../networks/delete-network.ts';
import { restoreNetwork } from '../networks/restore-network.ts';
import type { Engine } from '../nics/engine.ts';
import { interfaceNames, nicIdOf, portTags, rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { recoverNics } from '../nics/recover.ts';
import { intoPool } from '../pools/into-pool.ts';
import { bindAgain } from '../vm/parent-link/binding.ts';
import type { Vm } from '../vm/vm.ts';
import type { SingleFinding } from './finding.ts';
import { keep } from './finish-leftovers.ts';
import { onNic } from './on-nic.ts';

type UnusedFinding = SingleFinding & { kind: 'unused claim' | 'dead endpoint' | 'dead container' };

/** Does what a finding says is to be done: runs the same transitions as attach and detach do. */
export async function putRight(engine: Engine, finding: SingleFinding): Promise<void> {
  const vm = await engine.vm();
  switch (finding.kind) {
    case 'found NIC':
      return onNic(engine, finding.nic, () => keep(engine, finding.nic, finding.claim));
    case 'unused claim':
    case 'dead endpoint':
    case 'dead container':
      return onNic(engine, finding.nic, () => finishUnused(engine, finding));
    case 'lost port':
    case 'changed port':
    case 'dead port':
      return onNic(engine, finding.nic, () => takeOutOfUse(engine, finding.nic));
    case 'lost subport':
      return onNic(engine, finding.nic, () => mend(engine, finding.nic, () => addAgain(finding.nic, vm)));
    case 'lost binding':
      return onNic(engine, finding.nic, () => mend(engine, finding.nic, () => bindAgain(finding.nic, vm)));
    case 'moved subport':
    case 'down port':
      return onNic(engine, finding.nic, () => mend(engine, finding.nic, () => reattach(finding.nic, vm)));
    case 'wrong tag':
      return onNic(engine, finding.nic, () => mend(engine, finding.nic, () => tagAgain(finding.nic, vm)));
    case 'unplugged':
      return onNic(engine, finding.nic, () =>
        mend(engine, finding.nic, () => attach([finding.nic], vm, 'plug port', 'enter container')),
      );
    case 'broken pair':
      if (finding.nic.state === 'claimed' && finding.nic.claim?.label === undefined) return;
      return onNic(engine, finding.nic, () => mend(engine, finding.nic, () => renew(finding.nic, vm)));
    case 'stray port':
      return removePort(engine, finding.port);
    case 'stray row':
      // The next one on the VLAN may have put its own there meanwhile.
      if (vm.vmSwitch.port(finding.name)?.externalIds[rowKeys.nic] !== finding.nicId) return;
      return vm.vmSwitch.unplug([finding.name]);
    case 'stray interface':
      if (vm.netlink.link(finding.name)?.alias === finding.alias) removeLink(vm, finding.name);
      return;
    case 'forgotten Docker network':
      return restoreNetwork(engine, finding.dockerId, finding.network);
    case 'stray Docker network':
      await deleteNetwork(engine, { NetworkID: finding.dockerId });
      return;
    case 'stray network':
      await deleteStrayNetwork(engine, finding.networkId);
  }
}

/** Docker may have called since it was looked at. */
async function finishUnused(engine: Engine, { nic, claim, endpointId }: UnusedFinding): Promise<void> {
  if (nic.claim === claim && claim.endpointId === endpointId) await finish(engine, nic);
}

async function tagAgain({ vlan }: Nic, { vmSwitch }: Vm): Promise<void> {
  if (vlan !== undefined) await vmSwitch.retag(interfaceNames(vlan).vmEnd, vlan);
}

/** Its port is gone or not as we made it: the container that has it keeps it, and no other gets it. */
async function takeOutOfUse(engine: Engine, nic: Nic): Promise<void> {
  nic.isSpent = true;
  if (nic.state === 'warm' && engine.pools.get(nic.target)?.drop(nic)) await release(engine, nic);
}

/** A warm NIC is out of its pool meanwhile, so that nobody gets it half done. One that cannot be helped goes. */
async function mend(engine: Engine, nic: Nic, work: () => Promise<void>): Promise<void> {
  // On its way back from its container: warm a moment later, and the next pass will see.
  if (nic.state === 'making') return;
  if (nic.state !== 'warm') return await work();
  const pool = engine.pools.get(nic.target);
  if (!pool?.drop(nic)) return;
  for (const why of (await intoPool(engine, [nic], pool, work)).values()) throw why;
}

async function removePort(engine: Engine, { id, tags }: Port): Promise<void> {
  const vm = await engine.vm();
  const nicId = nicIdOf(tags) ?? '';
  // Asked again: a NIC that came and went since has taken it along.
  const marks = [portTags.vif(vm.vifId), portTags.nic(nicId)].join(',');
  const ports = (await explained(engine.neutron.ports.all({ tags: marks }))).filter((port) => port.id === id);
  const subports = new Map((await vm.trunk.subports()).map((is) => [is.port_id, is.segmentation_id]));
  const [found] = await recoverNics(engine.neutron, { ports, subports, rows: vm.vmSwitch.ports() });
  const marked = engine.nics.get(nicId);
  const held = [...engine.nics.all(), ...engine.draining];
  const isHeld = held.some(({ port }) => port?.id === id);
  if (!found || found.claim || isHeld || (marked && !isSurelyAnother(marked, id))) return;
  // What is left of a NIC that has its mark in common with one of ours goes under an identity of its own.
  const nic = marked ? { ...found, id: crypto.randomUUID() } : found;
  const holder = held.find(({ vlan }) => vlan === nic.vlan);
  // What there is in this VM under the VLAN of another NIC is that one's.
  if (holder) delete nic.vlan;
  if (nic.vlan !== undefined) vm.vlans.markUsed(nic.vlan);
  await release(engine, nic);
}

/** Whether the NIC has a port, and it is not this one. */
function isSurelyAnother({ port, state }: Nic, portId: string): boolean {
  return state !== 'making' && port !== undefined && port.id !== portId;
}
