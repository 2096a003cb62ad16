import type { Subnet } from '@ovn-docker/openstack';
import { claim } from '../../attach/claim.ts';
import { release } from '../../attach/release.ts';
import { freePrivateCidr, parseCidr } from '../../clients/cidr.ts';
import { explained } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import type { Nic } from '../../nics/nic.ts';
import { dockerNetworks } from './docker-networks.ts';
import { fittingSubnet, namedNetwork, optionNames } from './options.ts';
import { parsePoolId, poolId } from './pools.ts';
import { GATEWAY_REQUEST, type Requests } from './wire.ts';

/**
 * Docker's remote IPAM driver (moby libnetwork, docs/ipam.md). Neutron is the IPAM: a requested address is a Neutron port
 * that is already tied to this VM by its VLAN, so CreateEndpoint and Join have no more to ask of Neutron.
 */
export function ipamDriver(state: AgentState) {
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
      const nic = await claim(await newNic(state, request), state, 'add subport');
      const length = parseCidr(nic.subnets[0]?.cidr ?? '').prefixLength;
      return { Address: `${nic.port?.fixed_ips[0]?.ip_address}/${length}`, Data: {} };
    },

    /** Also the last word when DeleteEndpoint never came: then the whole NIC goes here. */
    async ReleaseAddress(request: Requests['ReleaseAddress']) {
      const subnetId = await subnetIdOf(state, request.PoolID);
      const nic = subnetId ? state.nics.withAddress(subnetId, request.Address) : undefined;
      if (nic) await release(nic, await state.vm(), state.nics, state.draining);
      return {};
    },
  };
}

async function newNic(state: AgentState, request: Requests['RequestAddress']): Promise<Nic> {
  const subnetId = await subnetIdOf(state, request.PoolID);
  if (!subnetId) {
    throw new OvnDockerError('E_NETWORK_UNKNOWN', `no Docker network stands behind pool ${request.PoolID}`);
  }
  const subnet = await explained(state.neutron.subnets.get(subnetId));
  const network = await explained(state.neutron.networks.get(subnet.network_id));
  const id = crypto.randomUUID();
  const wants = { name: `docker-${id.slice(0, 8)}`, subnetId: subnet.id };
  return {
    id,
    neutron: state.neutron,
    network,
    subnets: [subnet],
    since: Date.now(),
    wants: request.Address ? { ...wants, address: request.Address } : wants,
  };
}

async function subnetIdOf(state: AgentState, id: string): Promise<string | undefined> {
  const pool = parsePoolId(id);
  if (pool.kind === 'subnet') return pool.subnetId;
  const { vmSwitch } = await state.vm();
  const subnets = [...dockerNetworks.all(vmSwitch).values()].flatMap((network) => network.subnets);
  return subnets.find(({ cidr }) => cidr === pool.cidr)?.id;
}

/** The gateway's address with its prefix length: the one Docker names, else the subnet's, else the first host. */
async function gatewayOf(state: AgentState, request: Requests['RequestAddress']): Promise<string> {
  const pool = parsePoolId(request.PoolID);
  const subnet: Subnet | undefined =
    pool.kind === 'subnet' ? await explained(state.neutron.subnets.get(pool.subnetId)) : undefined;
  const { prefixLength, firstHost } = parseCidr(pool.kind === 'cidr' ? pool.cidr : (subnet?.cidr ?? ''));
  return `${request.Address || subnet?.gateway_ip || firstHost}/${prefixLength}`;
}
