import type { Subnet } from '@ovn-docker/openstack';
import { acquire } from '../../attach/acquire.ts';
import { changePort } from '../../attach/change-port.ts';
import { finish } from '../../attach/finish.ts';
import { noteClaim } from '../../attach/note-claim.ts';
import { freePrivateCidr, parseCidr } from '../../clients/cidr.ts';
import { explained } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import { addressesOf, type Nic, type NicAddress } from '../../nics/nic.ts';
import { AddressPairs } from './address-pairs.ts';
import { type DockerNetwork, dockerNetworks } from './docker-networks.ts';
import { poolOf } from './docker-target.ts';
import { findExistingPort } from './existing-port.ts';
import { fittingSubnet, namedNetwork, optionNames } from './options.ts';
import { parsePoolId, poolId } from './pools.ts';
import { GATEWAY_REQUEST, type Requests } from './wire.ts';

/**
 * Docker's remote IPAM driver (moby libnetwork, docs/ipam.md). Neutron is the IPAM: a requested address is that of a complete
 * NIC, so CreateEndpoint and Join have nothing more to ask of Neutron.
 */
export function ipamDriver(state: AgentState) {
  const pairs = new AddressPairs();
  return {
    GetCapabilities: () => ({ RequiresMACAddress: false, RequiresRequestReplay: false }),

    GetDefaultAddressSpaces: () => ({
      LocalDefaultAddressSpace: 'ovn-docker-local',
      GlobalDefaultAddressSpace: 'ovn-docker-global',
    }),

    async RequestPool(request: Requests['RequestPool']) {
      const given = request.Options ?? {};
      const version = request.V6 ? 6 : 4;
      const named = await namedNetwork(state.neutron, given);
      if (named) {
        const id = given[optionNames.subnetId];
        const wanted = { version, id, ...(request.Pool ? { cidr: request.Pool } : {}) } as const;
        const subnet = fittingSubnet(named, wanted);
        return { PoolID: poolId({ kind: 'subnet', subnetId: subnet.id }), Pool: subnet.cidr, Data: {} };
      }
      const cidr = request.Pool
        ? parseCidr(request.Pool).cidr
        : freePrivateCidr((await explained(state.neutron.subnets.all())).map((subnet) => subnet.cidr));
      return { PoolID: poolId({ kind: 'cidr', cidr }), Pool: cidr, Data: {} };
    },

    // A pool is a Neutron subnet: it goes with its network, in DeleteNetwork.
    ReleasePool: () => ({}),

    async RequestAddress(request: Requests['RequestAddress']) {
      if (request.Options?.[GATEWAY_REQUEST.key] === GATEWAY_REQUEST.value) {
        return { Address: await gatewayOf(state, request), Data: {} };
      }
      const { network, subnetId } = await onPool(state, request.PoolID);
      const { nic, given } = await giveAddress(state, pairs, { network, subnetId }, request.Address);
      nic.claim?.promised.add(given.address);
      const vm = await state.vm();
      await noteClaim(nic, vm);
      return { Address: given.cidr, Data: {} };
    },

    /** The last word on a NIC, also when DeleteEndpoint never came: with its last address it is finished. */
    async ReleaseAddress(request: Requests['ReleaseAddress']) {
      const on = await onPool(state, request.PoolID).catch(() => undefined);
      const nic = on && state.nics.withAddress(on.subnetId, request.Address);
      if (!nic) return {};
      await state.perNic.run(nic.id, async () => {
        // Said twice, or of an address that somebody else has been given since.
        if (!nic.claim?.promised.delete(request.Address)) return;
        if (nic.claim.promised.size === 0) await finish(nic, state);
      });
      return {};
    },
  };
}

interface OnPool {
  readonly network: DockerNetwork;
  readonly subnetId: string;
}

/** A NIC and its address on this subnet: the second one of a container is that of the NIC that gave the first. */
async function giveAddress(
  state: AgentState,
  pairs: AddressPairs,
  { network, subnetId }: OnPool,
  wanted: string,
): Promise<{ nic: Nic; given: NicAddress }> {
  const of = (nic: Nic) => {
    const given = addressesOf(nic).find(({ subnet }) => subnet.id === subnetId);
    if (given) return { nic, given };
    throw new OvnDockerError('E_NETWORK_NO_SUBNET', `port ${nic.port?.id} has no address on ${subnetId}`);
  };
  const subnets = network.subnets;
  const isFirst = subnets.find(({ id }) => id === subnetId)?.cidr.includes(':') === false;
  const hasBoth =
    subnets.some(({ cidr }) => cidr.includes(':')) && subnets.some((s) => !s.cidr.includes(':'));
  const claim = () => claimWith(state, network, subnetId, wanted);
  if (!hasBoth) return of(await claim());
  if (isFirst) return of(await pairs.first(network.network, claim));
  const nic = pairs.second(network.network);
  if (!nic) return of(await claim());
  const has = of(nic);
  if (!wanted || has.given.address === wanted) return has;
  // `--ip6` comes with the second request: the port has to be another one, with the first address and this one.
  const addresses = addressesOf(nic).map(({ subnet, address }) =>
    subnet.id === subnetId ? wanted : address,
  );
  const vm = await state.vm();
  await state.perNic.run(nic.id, () => changePort(nic, vm, { addresses }));
  return of(nic);
}

async function claimWith(
  state: AgentState,
  network: DockerNetwork,
  subnetId: string,
  wanted: string,
): Promise<Nic> {
  const pool = await poolOf(state, network);
  const name = `docker-${crypto.randomUUID().slice(0, 8)}`;
  if (!wanted) return acquire(state, { pool, wants: { name }, claim: {} });
  const existing = await findExistingPort(state, pool, { subnetId, address: wanted });
  return acquire(state, {
    pool,
    wants: existing ? { name, existing } : { name, addresses: [wanted] },
    claim: {},
  });
}

/** The Docker network and the subnet behind a PoolID. */
async function onPool(state: AgentState, id: string): Promise<OnPool> {
  const pool = parsePoolId(id);
  const { vmSwitch } = await state.vm();
  const candidates = [...dockerNetworks.all(vmSwitch).values()].flatMap((network) => {
    const subnet = network.subnets.find((has) =>
      pool.kind === 'subnet' ? has.id === pool.subnetId : has.cidr === pool.cidr,
    );
    return subnet ? [{ network, subnetId: subnet.id }] : [];
  });
  // A network with both versions first: on one of a single version a subnet is asked for alone in any case.
  const [found] = candidates.sort((a, b) => b.network.subnets.length - a.network.subnets.length);
  if (found) return found;
  throw new OvnDockerError('E_NETWORK_UNKNOWN', `no Docker network stands behind pool ${id}`);
}

/** The gateway's address with its prefix length: the one Docker names, else the subnet's, else the first host. */
async function gatewayOf(state: AgentState, request: Requests['RequestAddress']): Promise<string> {
  const pool = parsePoolId(request.PoolID);
  const subnet: Subnet | undefined =
    pool.kind === 'subnet' ? await explained(state.neutron.subnets.get(pool.subnetId)) : undefined;
  const { prefixLength, firstHost } = parseCidr(pool.kind === 'cidr' ? pool.cidr : (subnet?.cidr ?? ''));
  return `${request.Address || subnet?.gateway_ip || firstHost}/${prefixLength}`;
}
