import { mayHaveTakenEffect, type Port } from '@ovn-docker/openstack';
import { deleteIfPresent } from '../clients/neutron/delete-if-present.ts';
import { findLate, makeOnce, PER_PORT_MS } from '../clients/neutron/make-once.ts';
import { nicIdOf, portTags } from '../clients/neutron/port-tags.ts';
import { explained, explainRefusal, isVlanTaken, mayBeUnderWay } from '../clients/neutron/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import { requireMtu } from '../vm/require-mtu.ts';
import type { Vm } from '../vm/vm.ts';
import { withFreeVlan } from './choose-vlan.ts';
import { bindExisting, unbindExisting } from './parts/bind-existing-port.ts';
import { mustBeMadeSingly, portBody } from './parts/port-body.ts';
import type { Stage } from './stage.ts';

/**
 * Creates the logical port in Neutron. Neutron is the IPAM: its answer has the MAC and IP addresses. With
 * port binding the same request names the parent and the VLAN. For a batch, the agent sends one bulk request.
 */
export const createPort = {
  name: 'create port',

  async up(nics, vm) {
    const missing = nics.filter(({ port }) => !port);
    const [first, ...others] = missing;
    if (!first) return false;
    for (const { target } of missing) requireMtu(target, vm);
    if (others.length === 0 || mustBeMadeSingly(first)) {
      for (const nic of missing) await createOne(nic, vm);
    } else {
      await createTogether(missing, vm);
    }
    return true;
  },

  async down(nics, vm) {
    const unanswered = nics.filter(({ port, vlan, wants }) => !port && vlan !== undefined && !wants.existing);
    const made = await explained(portsMadeFor(unanswered, vm));
    const hasPorts = made.length > 0 || nics.some(({ port }) => port);
    for (const nic of nics) await remove(nic, made);
    return hasPorts;
  },
} as const satisfies Stage;

async function createOne(nic: Nic, vm: Vm): Promise<void> {
  const { existing } = nic.wants;
  nic.port = await explained(
    withFreeVlan(nic, vm, async (vlan) => {
      if (existing) return bindExisting(nic, existing, vm, vlan);
      // If the answer is lost, Neutron may have created the port: search for it by its Neutron tags.
      return makeOnce(
        () => nic.neutron.ports.create(portBody(nic, vm, vlan)),
        async () => (await portsMadeFor([nic], vm))[0],
      );
    }),
  );
}

/**
 * Creates all ports in one request; Neutron creates all or none. If another port has one of the VLANs,
 * Neutron does not say which, and the agent creates each port alone. If the answer is lost, the agent
 * searches by Neutron tag for the ports that Neutron created.
 */
async function createTogether(nics: readonly Nic[], vm: Vm): Promise<void> {
  const [first] = nics;
  if (!first) return;
  try {
    const bodies = nics.map((nic) => portBody(nic, vm, nic.vlan ?? 0));
    const ports = await first.neutron.ports.createMany(bodies);
    for (const [index, nic] of nics.entries()) {
      const port = ports[index];
      if (port) nic.port = port;
    }
  } catch (error) {
    if (isVlanTaken(error)) {
      for (const nic of nics) await createOne(nic, vm);
    } else {
      if (mayHaveTakenEffect(error)) await explained(findMade(nics, vm, mayBeUnderWay(error)));
      if (nics.some(({ port }) => !port)) throw explainRefusal(error);
    }
  }
}

/**
 * Sets `port` of each NIC whose port an unanswered request has created.
 * @param isUnderWay Neutron may still be creating ports: wait for them
 */
async function findMade(nics: readonly Nic[], vm: Vm, isUnderWay: boolean): Promise<void> {
  const find = async () => {
    const made = new Map((await portsMadeFor(nics, vm)).map((port) => [nicIdOf(port.tags), port]));
    for (const nic of nics) {
      const port = made.get(nic.id);
      if (port) nic.port = port;
    }
    return nics.every(({ port }) => port) || undefined;
  };
  await findLate(find, isUnderWay ? nics.length * PER_PORT_MS : 0);
}

/** @param unanswered ports of this and other NICs, created by requests whose answers were lost */
async function remove(nic: Nic, unanswered: readonly Port[]): Promise<void> {
  if (nic.wants.existing) return await explained(unbindExisting(nic, nic.wants.existing));
  const made = nic.port ? [nic.port] : unanswered.filter(({ tags }) => nicIdOf(tags) === nic.id);
  for (const { id } of made) await deleteIfPresent(nic.neutron.ports, id);
  delete nic.port;
}

/**
 * Searches Neutron by tag: for one NIC, its ports; for several, all ports of this VM, from which the caller
 * selects.
 */
async function portsMadeFor(nics: readonly Nic[], { vifId }: Pick<Vm, 'vifId'>): Promise<Port[]> {
  const [first, ...others] = nics;
  if (!first) return [];
  const nicTag = others.length === 0 ? `,${portTags.nic(first.id)}` : '';
  return first.neutron.ports.all({ tags: portTags.vif(vifId) + nicTag });
}
