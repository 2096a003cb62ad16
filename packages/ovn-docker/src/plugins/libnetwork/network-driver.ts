import type { Port } from '@ovn-docker/openstack';
import { acquire } from '../../attach/acquire.ts';
import { attach } from '../../attach/attach.ts';
import { changePort } from '../../attach/change-port.ts';
import { finish } from '../../attach/finish.ts';
import { noteClaim } from '../../attach/note-claim.ts';
import { release } from '../../attach/release.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import type { Nic } from '../../nics/nic.ts';
import type { Vm } from '../../nics/vm.ts';
import { createNetwork, deleteNetwork } from './create-network.ts';
import { dockerNetworks } from './docker-networks.ts';
import { poolOf } from './docker-target.ts';
import { findExistingPort } from './existing-port.ts';
import { joinAnswer } from './join-answer.ts';
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

    /** Ties the endpoint to the NIC whose address RequestAddress gave, or takes one when Docker's own IPAM chose the address. */
    async CreateEndpoint(request: Requests['CreateEndpoint']) {
      if (publishesPorts(request.Options)) {
        throw new OvnDockerError(
          'E_PUBLISH',
          'ports of a container on a logical network cannot be published',
        );
      }
      const vm = await state.vm();
      const wantedMac = request.Interface?.MacAddress.toLowerCase() ?? '';
      const nic = state.nics.withEndpoint(request.EndpointID) ?? (await findOrAcquire(state, vm, request));
      await state.perNic.run(nic.id, async () => {
        if (wantedMac && nic.port?.mac_address !== wantedMac) await giveMac(nic, vm, state, wantedMac);
        await tie(nic, vm, request.EndpointID);
      });
      // A MAC address that Docker gave must not come back in the answer.
      return { Interface: wantedMac ? {} : { MacAddress: nic.port?.mac_address } };
    },

    /** The NIC is complete since its address was given; a port that vanished meanwhile is plugged again. */
    async Join(request: Requests['Join']) {
      const vm = await state.vm();
      const nic = requireNic(state, request.EndpointID);
      await state.perNic.run(nic.id, () => attach([nic], vm, 'plug port', 'enter container'));
      return joinAnswer(nic);
    },

    // Docker brings the interface back into the VM after this call: DeleteEndpoint and ReleaseAddress decide on it.
    Leave: () => ({}),

    async DeleteEndpoint(request: Requests['DeleteEndpoint']) {
      const nic = state.nics.withEndpoint(request.EndpointID);
      if (!nic) return {};
      await state.perNic.run(nic.id, async () => {
        if (nic.claim?.endpointId !== request.EndpointID) return;
        // With an address that Docker has still to give back, the NIC is finished then.
        if (nic.claim.promised.size === 0) await finish(nic, state);
        else delete nic.claim.endpointId;
      });
      return {};
    },

    EndpointOperInfo(request: Requests['EndpointOperInfo']) {
      const nic = state.nics.withEndpoint(request.EndpointID);
      if (!nic) return { Value: {} };
      return {
        Value: {
          'neutron.port.uuid': nic.port?.id,
          'neutron.network.uuid': nic.target.network.id,
          'ovn.vlan': String(nic.vlan),
          'ovn.state': nic.state,
        },
      };
    },

    ProgramExternalConnectivity: () => ({}),
    RevokeExternalConnectivity: () => ({}),
    DiscoverNew: () => ({}),
    DiscoverDelete: () => ({}),
  };
}

async function findOrAcquire(state: AgentState, vm: Vm, request: Requests['CreateEndpoint']): Promise<Nic> {
  const network = dockerNetworks.get(vm.vmSwitch, request.NetworkID);
  const { Address: v4 = '', AddressIPv6: v6 = '', MacAddress: mac = '' } = request.Interface ?? {};
  const addresses = [v4, v6].map((cidr) => cidr.split('/')[0] ?? '').filter(Boolean);
  for (const { id } of network.subnets) {
    for (const address of addresses) {
      const nic = state.nics.withAddress(id, address);
      if (nic?.claim) return requireFree(nic, address);
    }
  }
  // Docker's default IPAM chose the addresses: Neutron has not heard of them yet.
  const pool = await poolOf(state, network);
  const [subnet] = network.subnets;
  const [address] = addresses;
  const by = mac ? { mac: mac.toLowerCase() } : { subnetId: subnet?.id ?? '', address: address ?? '' };
  const existing = mac || address ? await findExistingPort(state, pool, by) : undefined;
  const wants = existing ? { existing } : addresses.length > 0 ? { addresses } : {};
  const name = `docker-${request.EndpointID.slice(0, 12)}`;
  return acquire(state, { pool, wants: { name, ...wants }, claim: { endpointId: request.EndpointID } });
}

/** The address of a NIC that has an endpoint already is not given to a second one. */
function requireFree(nic: Nic, address: string): Nic {
  if (nic.claim?.endpointId === undefined) return nic;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to another endpoint`);
}

/** One OVSDB transaction on a complete NIC, none when nothing is new. */
async function tie(nic: Nic, vm: Vm, endpointId: string): Promise<void> {
  if (!nic.claim || nic.claim.endpointId === endpointId) return;
  nic.claim.endpointId = endpointId;
  await noteClaim(nic, vm);
}

/** `--mac-address`: a port made anew with it and with the addresses that Docker was told. */
async function giveMac(nic: Nic, vm: Vm, state: AgentState, mac: string): Promise<void> {
  try {
    await changePort(nic, vm, { mac });
  } catch (error) {
    await release(nic, state);
    throw error;
  }
}

function requireNic(state: AgentState, endpointId: string): Nic & { port: Port } {
  const nic = state.nics.withEndpoint(endpointId);
  if (!nic?.port)
    throw new OvnDockerError('E_NIC_UNKNOWN', `no network interface for endpoint ${endpointId}`);
  return nic as Nic & { port: Port };
}
