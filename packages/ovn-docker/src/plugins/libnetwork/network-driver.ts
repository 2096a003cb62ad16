import type { Port, Subnet } from '@ovn-docker/openstack';
import { attach } from '../../attach/attach.ts';
import { changeMac } from '../../attach/change-mac.ts';
import { claim } from '../../attach/claim.ts';
import { detach } from '../../attach/detach.ts';
import { release } from '../../attach/release.ts';
import { explained } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import { interfaceNames } from '../../nics/names.ts';
import type { Nic } from '../../nics/nic.ts';
import type { Vm } from '../../nics/vm.ts';
import { createNetwork, deleteNetwork } from './create-network.ts';
import { dockerNetworks } from './docker-networks.ts';
import { publishesPorts, type Requests } from './wire.ts';

/**
 * Docker's remote network driver (moby libnetwork, docs/remote.md). Scope local: every VM has its own Docker, Neutron
 * is what they share; connectivity is global all the same.
 */
export function networkDriver(state: AgentState) {
  return {
    GetCapabilities: () => ({ Scope: 'local', ConnectivityScope: 'global' }),

    CreateNetwork: (request: Requests['CreateNetwork']) => createNetwork(state, request),
    DeleteNetwork: (request: Requests['DeleteNetwork']) => deleteNetwork(state, request),

    /** Ties the endpoint to the port that RequestAddress made, or makes one when Docker's own IPAM chose the address. */
    async CreateEndpoint(request: Requests['CreateEndpoint']) {
      if (publishesPorts(request.Options)) {
        throw new OvnDockerError(
          'E_PUBLISH',
          'ports of a container on a logical network cannot be published',
        );
      }
      const vm = await state.vm();
      const wantedMac = request.Interface?.MacAddress.toLowerCase() ?? '';
      const nic = state.nics.withEndpoint(request.EndpointID) ?? (await claimNic(state, vm, request));
      if (wantedMac && nic.port?.mac_address !== wantedMac) {
        await changeMac(nic, vm, wantedMac).catch((error: unknown) => {
          if (!nic.port) state.nics.remove(nic);
          throw error;
        });
      }
      nic.endpointId = request.EndpointID;
      // A MAC address that Docker gave must not come back in the answer.
      return { Interface: wantedMac ? {} : { MacAddress: nic.port?.mac_address } };
    },

    async Join(request: Requests['Join']) {
      const vm = await state.vm();
      const nic = requireNic(state, request.EndpointID);
      await attach(nic, vm, 'plug port', 'make veth');
      const [subnet] = nic.subnets;
      return {
        InterfaceName: { SrcName: interfaceNames(nic.vlan ?? 0).containerEnd, DstPrefix: 'eth' },
        // Without either, Docker adds docker_gwbridge as a second interface.
        ...(subnet?.gateway_ip ? gatewayOf(subnet) : { DisableGatewayService: true }),
        StaticRoutes: (subnet?.host_routes ?? []).map(({ destination, nexthop }) => ({
          Destination: destination,
          RouteType: 0,
          NextHop: nexthop,
        })),
      };
    },

    async Leave(request: Requests['Leave']) {
      const nic = state.nics.withEndpoint(request.EndpointID);
      if (nic) await detach(nic, await state.vm(), 'make veth');
      return {};
    },

    async DeleteEndpoint(request: Requests['DeleteEndpoint']) {
      const nic = state.nics.withEndpoint(request.EndpointID);
      if (nic) await release(nic, await state.vm(), state.nics, state.draining);
      return {};
    },

    EndpointOperInfo(request: Requests['EndpointOperInfo']) {
      const nic = state.nics.withEndpoint(request.EndpointID);
      if (!nic) return { Value: {} };
      return {
        Value: { 'neutron.port.uuid': nic.port?.id, 'neutron.network.uuid': nic.network.id, vlan: nic.vlan },
      };
    },

    ProgramExternalConnectivity: () => ({}),
    RevokeExternalConnectivity: () => ({}),
    DiscoverNew: () => ({}),
    DiscoverDelete: () => ({}),
  };
}

async function claimNic(state: AgentState, vm: Vm, request: Requests['CreateEndpoint']): Promise<Nic> {
  const { network: networkId, subnets } = dockerNetworks.get(vm.vmSwitch, request.NetworkID);
  const address = request.Interface?.Address.split('/')[0];
  for (const { id } of subnets) {
    const claimed = address ? state.nics.withAddress(id, address) : undefined;
    if (claimed) return claimed;
  }
  // Docker's default IPAM chose the address: Neutron has not heard of it yet.
  const network = await explained(state.neutron.networks.get(networkId));
  const all = await explained(state.neutron.subnets.all({ network_id: networkId }));
  const nic: Nic = {
    id: crypto.randomUUID(),
    neutron: state.neutron,
    network,
    subnets: all.filter(({ id }) => subnets.some((known) => known.id === id)),
    since: Date.now(),
    wants: { name: `docker-${request.EndpointID.slice(0, 12)}`, ...(address ? { address } : {}) },
  };
  return claim(nic, state, 'add subport');
}

function requireNic(state: AgentState, endpointId: string): Nic & { port: Port } {
  const nic = state.nics.withEndpoint(endpointId);
  if (!nic?.port)
    throw new OvnDockerError('E_NIC_UNKNOWN', `no network interface for endpoint ${endpointId}`);
  return nic as Nic & { port: Port };
}

function gatewayOf(subnet: Subnet): Record<string, unknown> {
  return subnet.ip_version === 6 ? { GatewayIPv6: subnet.gateway_ip } : { Gateway: subnet.gateway_ip };
}
