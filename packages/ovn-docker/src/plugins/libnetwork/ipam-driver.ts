import type { Port } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';
import { changePort } from '../../lifecycle/change-port.ts';
import { finish } from '../../lifecycle/finish.ts';
import { noteClaim } from '../../lifecycle/write-claim.ts';
import { type DockerNetwork, dockerNetworks } from '../../networks/docker-networks.ts';
import { requireAsWished } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import { addressesOf, type Nic, type NicAddress } from '../../nics/nic.ts';
import { AddressPairs } from './address-pairs.ts';
import { claimNic } from './claim-nic.ts';
import { ADDRESS_SPACE } from './create-network.ts';
import type { PoolRequests } from './open-requests.ts';
import { parsePoolId } from './pool-id.ts';
import { requestPool } from './request-pool.ts';
import { gatewayAddress, keptAddress } from './reserved-addresses.ts';
import { GATEWAY_REQUEST, type Requests } from './wire.ts';

/**
 * Docker's remote IPAM driver (moby libnetwork, docs/ipam.md). Neutron is the IPAM: a requested address is that of a complete
 * NIC, so CreateEndpoint and Join have nothing more to ask of Neutron.
 */
export function ipamDriver(engine: Engine, requests: PoolRequests) {
  const pairs = new AddressPairs();
  return {
    GetCapabilities: () => ({ RequiresMACAddress: false, RequiresRequestReplay: false }),

    GetDefaultAddressSpaces: () => ({
      LocalDefaultAddressSpace: ADDRESS_SPACE,
      GlobalDefaultAddressSpace: 'ovn-docker-global',
    }),

    RequestPool: (request: Requests['RequestPool']) => requestPool(engine, requests, request),

    // A pool is a Neutron subnet: it goes with its network, in DeleteNetwork.
    ReleasePool({ PoolID }: Requests['ReleasePool']) {
      requests.release(PoolID);
      return {};
    },

    async RequestAddress({ PoolID, Address: wanted, Options }: Requests['RequestAddress']) {
      if (Options?.[GATEWAY_REQUEST.key] === GATEWAY_REQUEST.value) {
        return { Address: await gatewayAddress(engine.neutron, PoolID, wanted), Data: {} };
      }
      // Between RequestPool and CreateNetwork nobody but Docker itself asks for an address: one that it is to keep.
      if (wanted && requests.isOpen(PoolID)) {
        return { Address: await keptAddress(engine, PoolID, wanted), Data: {} };
      }
      const on = await onPool(engine, PoolID);
      const { nic, given } = await giveAddress(engine, pairs, on, wanted);
      nic.claim?.promised.add(given.address);
      await noteClaim(nic, await engine.vm());
      return { Address: given.cidr, Data: {} };
    },

    /** The last word on a NIC, also when DeleteEndpoint never came: with its last address it is finished. */
    async ReleaseAddress({ PoolID, Address: address }: Requests['ReleaseAddress']) {
      const on = await onPool(engine, PoolID).catch(() => undefined);
      const nic = on && engine.nics.withAddress(on.subnetId, address);
      if (!nic) return {};
      await engine.inTurn.run(nic.id, async () => {
        // Said twice, or of an address that somebody else has been given since.
        if (!nic.claim?.promised.delete(address)) return;
        if (nic.claim.promised.size === 0) await finish(engine, nic);
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
  engine: Engine,
  pairs: AddressPairs,
  { network, subnetId }: OnPool,
  wanted: string,
): Promise<{ nic: Nic; given: NicAddress }> {
  const of = (nic: Nic) => {
    const given = addressesOf(nic).find(({ subnet }) => subnet.id === subnetId);
    if (given) return { nic, given };
    throw new OvnDockerError('E_NETWORK_NO_SUBNET', `port ${nic.port?.id} has no address on ${subnetId}`);
  };
  const claim = () => claimNic(engine, network, { subnetId, ...(wanted ? { addresses: [wanted] } : {}) });
  const { subnets } = network;
  const isV6 = ({ cidr }: { cidr: string }) => cidr.includes(':');
  const hasBoth = subnets.some(isV6) && !subnets.every(isV6);
  if (!hasBoth) return of(await claim());
  const isFirst = subnets.some((subnet) => subnet.id === subnetId && !isV6(subnet));
  if (isFirst) return of(await pairs.first(network.network, claim));
  const nic = pairs.second(network.network);
  if (!nic) return of(await claim());
  const has = of(nic);
  if (!wanted || has.given.address === wanted) return has;
  // `--ip6` comes with the second request: the port has to be another one, with the first address and this one.
  const addresses = addressesOf(nic).map(({ subnet, address }) =>
    subnet.id === subnetId ? wanted : address,
  );
  if (nic.wants.existing) return await refuseExisting(engine, nic, nic.wants.existing, addresses);
  const vm = await engine.vm();
  await engine.inTurn.run(nic.id, () => changePort(nic, vm, { addresses }));
  return of(nic);
}

/** `--ip` is a port that was there before, and it has not the `--ip6` that comes with it. Docker forgets the first address, too. */
async function refuseExisting(
  engine: Engine,
  nic: Nic,
  existing: Port,
  addresses: readonly string[],
): Promise<never> {
  await engine.inTurn.run(nic.id, () => finish(engine, nic));
  requireAsWished(existing, { addresses });
  throw new OvnDockerError('E_ADDRESS_IN_USE', `port ${existing.id} has changed`);
}

/** The Docker network and the subnet behind a PoolID. */
async function onPool(engine: Engine, id: string): Promise<OnPool> {
  const pool = parsePoolId(id);
  const { vmSwitch } = await engine.vm();
  const candidates = [...dockerNetworks.all(vmSwitch).values()].flatMap((network) => {
    const subnet = network.subnets.find((has) =>
      pool.kind === 'subnet' ? has.id === pool.subnetId : has.cidr === pool.cidr,
    );
    return subnet ? [{ network, subnetId: subnet.id, isIt: subnet.pool === id }] : [];
  });
  // Several Docker networks may stand on one subnet. When the note is not the first one that was made of the network, which of them
  // it is is not known: one with both IP versions comes first, and CreateEndpoint, which says it, moves the NIC where it belongs.
  const [likely] = candidates.sort((a, b) => b.network.subnets.length - a.network.subnets.length);
  const found = candidates.find(({ isIt }) => isIt) ?? likely;
  if (found) return found;
  throw new OvnDockerError('E_NETWORK_UNKNOWN', `no Docker network stands behind pool ${id}`);
}
