import type { Neutron } from '@ovn-docker/openstack';
import { type Cloud, login } from '../clients/neutron/cloud.ts';
import { findNetwork } from '../clients/neutron/networks.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { OvnDockerError } from '../errors.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { addSecurityGroups } from '../lifecycle/add-security-groups.ts';
import { enter } from '../lifecycle/enter.ts';
import { finish } from '../lifecycle/finish.ts';
import type { Engine } from '../nics/engine.ts';
import { addressesOf, type Nic, type Target } from '../nics/nic.ts';
import { requireOwnPort } from '../vm/own-port.ts';
import type { Vm } from '../vm/vm.ts';
import type { AttachRequest, EnterRequest, NetworkView, NicView, ResolveRequest } from './types.ts';

/** Asks Neutron as the caller when the caller brought a token, else as the agent. */
async function asCaller<T>(
  engine: Engine,
  cloud: Cloud,
  cred: string | undefined,
  work: (neutron: Neutron) => Promise<T>,
): Promise<T> {
  if (cred === undefined) return work(engine.neutron);
  const callers = cloud.withToken(cred);
  await login(callers);
  return work(callers.neutron);
}

/**
 * Gives a NIC that is complete as far as it goes without a container. It waits for {@link enterNic}; a NIC that nobody
 * enters is taken back when the reconciler's patience is over.
 */
export async function prepareNic(engine: Engine, cloud: Cloud, request: AttachRequest): Promise<NicView> {
  const vm = await engine.vm();
  const { id, name, containerId } = request;
  const claim = { label: id, ...(containerId === undefined ? {} : { containerId }) };
  const known = engine.nics.withLabel(id);
  if (known) return viewNic(known);
  const nic = await asCaller(engine, cloud, request.cred, async (neutron) => {
    if (request.vifId !== undefined) await requireThisVm(neutron, vm, request.vifId);
    const target = await findTarget(engine, neutron, request);
    const pool = engine.pools.of(target);
    // What a caller makes with a token of its own belongs to the token's project: only a new port will do.
    const caller = neutron === engine.neutron ? {} : { neutron };
    const extra = await findSecurityGroups(neutron, request.extraSecurityGroups ?? []);
    const acquired = await acquire(engine, { pool, id, wants: { name }, claim, ...caller });
    await withGroups(engine, acquired, extra);
    return acquired;
  });
  return viewNic(nic);
}

/** Before the container starts. When it cannot be done, the NIC goes back. */
async function withGroups(engine: Engine, nic: Nic, ids: readonly string[]): Promise<void> {
  try {
    await engine.inTurn.run(nic.id, () => addSecurityGroups(engine, nic, ids));
  } catch (error) {
    await finish(engine, nic);
    throw error;
  }
}

/**
 * Without a token, a network that the agent has met before is not asked for again: with a warm NIC, containers start while
 * the API is away.
 */
async function findTarget(engine: Engine, neutron: Neutron, request: AttachRequest): Promise<Target> {
  const { network: wanted, securityGroups = [], cred } = request;
  if (cred === undefined && securityGroups.length === 0) {
    const known = engine.pools.all().filter(({ target: { network, subnets, securityGroups: groups } }) => {
      const isWhole = subnets.length === network.subnets.length;
      return (network.id === wanted || network.name === wanted) && isWhole && groups === undefined;
    });
    if (known.length === 1 && known[0]) return known[0].target;
  }
  const target = await findNetwork(neutron, wanted);
  if (securityGroups.length === 0) return target;
  return { ...target, securityGroups: await findSecurityGroups(neutron, securityGroups) };
}

async function requireThisVm(neutron: Neutron, vm: Vm, vifId: string): Promise<void> {
  const port = await requireOwnPort(neutron, vifId, vm.macs);
  if (port.id !== vm.vifId) {
    throw new OvnDockerError('E_VIF_NOT_THIS_VM', `vif-id ${vifId} is not the uplink that the agent uses`);
  }
}

/** Moves a prepared NIC into a running container. Done twice, it is done once. */
export async function enterNic(engine: Engine, label: string, request: EnterRequest): Promise<NicView> {
  const nic = engine.nics.withLabel(label);
  if (!nic) throw new OvnDockerError('E_NIC_UNKNOWN', `the agent knows no NIC ${label}`);
  await engine.inTurn.run(nic.id, async () => enter(nic, await engine.vm(), request));
  return viewNic(nic);
}

export async function releaseNic(engine: Engine, label: string): Promise<void> {
  const nic = engine.nics.withLabel(label);
  if (!nic) return;
  await engine.inTurn.run(nic.id, async () => {
    if (nic.claim?.label === label) await finish(engine, nic);
  });
}

/** The network behind a name, as the caller sees it: the command line makes a Docker network from it. */
export function resolveNetwork(
  engine: Engine,
  cloud: Cloud,
  request: ResolveRequest,
): Promise<NetworkView> {
  return asCaller(engine, cloud, request.cred, async (neutron) => {
    if (request.vifId !== undefined) await requireThisVm(neutron, await engine.vm(), request.vifId);
    const target = await findTarget(engine, neutron, { ...request, id: '', name: '' });
    const { network, subnets, securityGroups } = target;
    // RFC 1034 §3.1: a name with a dot at its end is complete; resolv.conf(5) has it without.
    const domain = network.dns_domain?.replace(/\.$/, '');
    return {
      id: network.id,
      name: network.name,
      ...(domain ? { domain } : {}),
      ...(securityGroups ? { securityGroups } : {}),
      subnets: subnets.map(({ id, cidr, gateway_ip, dns_nameservers }) => ({
        id,
        cidr,
        dns: dns_nameservers,
        ...(gateway_ip ? { gateway: gateway_ip } : {}),
      })),
    };
  });
}

export function viewNic(nic: Nic): NicView {
  const { id, target, port, vlan, claim, state } = nic;
  return {
    id,
    state,
    network: target.network.name || target.network.id,
    addresses: addressesOf(nic).map(({ cidr }) => cidr),
    ...(port ? { port: port.id, mac: port.mac_address } : {}),
    ...(vlan === undefined ? {} : { vlan }),
    ...(claim?.containerId === undefined ? {} : { container: claim.containerId }),
    ...(claim?.endpointId === undefined ? {} : { endpoint: claim.endpointId }),
  };
}
