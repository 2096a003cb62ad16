import type { Port } from '@ovn-docker/openstack';
import { attach } from '../../attach/attach.ts';
import { routingOf } from '../../attach/parts/routing.ts';
import { OvnDockerError } from '../../errors.ts';
import { changePort } from '../../lifecycle/change-port.ts';
import { finish } from '../../lifecycle/finish.ts';
import { release } from '../../lifecycle/release.ts';
import { differInGroups, replaceSecurityGroups } from '../../lifecycle/replace-security-groups.ts';
import { noteClaim } from '../../lifecycle/write-claim.ts';
import { deleteNetwork } from '../../networks/delete-network.ts';
import { type DockerNetwork, dockerNetworks } from '../../networks/docker-networks.ts';
import { poolOf } from '../../networks/docker-target.ts';
import { requireAsWished, requireNoPortWithMac } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Nic, NicWishes } from '../../nics/nic.ts';
import { poolKey } from '../../nics/pool.ts';
import type { Vm } from '../../vm/vm.ts';
import { claimNic } from './claim-nic.ts';
import { createNetwork } from './create-network.ts';
import { joinAnswer } from './join-answer.ts';
import type { PoolRequests } from './open-requests.ts';
import { SandboxRoutes } from './sandbox-routes.ts';
import { uniteAddresses } from './unite-addresses.ts';
import { publishesPorts, type Requests } from './wire.ts';

/**
 * Docker's remote network driver (moby libnetwork, docs/remote.md). Scope local: every VM has its own Docker, Neutron
 * is what they share; connectivity is global all the same.
 */
export function networkDriver(engine: Engine, requests: PoolRequests) {
  const routes = new SandboxRoutes();
  return {
    GetCapabilities: () => ({ Scope: 'local', ConnectivityScope: 'global' }),

    CreateNetwork: (request: Requests['CreateNetwork']) => createNetwork(engine, requests, request),
    DeleteNetwork: (request: Requests['DeleteNetwork']) => deleteNetwork(engine, request),

    /** Ties the endpoint to the NIC whose address RequestAddress gave, or takes one when Docker's own IPAM chose the address. */
    async CreateEndpoint(request: Requests['CreateEndpoint']) {
      if (publishesPorts(request.Options)) {
        throw new OvnDockerError(
          'E_PUBLISH',
          'ports of a container on a logical network cannot be published',
        );
      }
      const vm = await engine.vm();
      const wantedMac = request.Interface?.MacAddress.toLowerCase() ?? '';
      const nic = engine.nics.withEndpoint(request.EndpointID) ?? (await findOrClaim(engine, vm, request));
      await engine.inTurn.run(nic.id, async () => {
        if (wantedMac && nic.port?.mac_address !== wantedMac) await giveMac(engine, nic, vm, wantedMac);
        await tie(nic, vm, request.EndpointID);
      });
      // What Docker gave must not come back in the answer.
      return { Interface: wantedMac ? {} : { MacAddress: nic.port?.mac_address } };
    },

    /** The NIC is complete since its address was given; a port that vanished meanwhile is plugged again. */
    async Join(request: Requests['Join']) {
      const vm = await engine.vm();
      const nic = requireNic(engine, request.EndpointID);
      await engine.inTurn.run(nic.id, () => attach([nic], vm, 'plug port', 'enter container'));
      const { internal = false } = dockerNetworks.get(vm.vmSwitch, request.NetworkID);
      const { EndpointID: endpointId, SandboxKey: sandbox } = request;
      if (nic.claim) nic.claim.sandbox = sandbox;
      // Looking into the container is only worth the while when there are routes that it may have already.
      const bringsRoutes = !internal && nic.target.subnets.some(({ host_routes }) => host_routes.length > 0);
      const { isStarting, taken, beside } = bringsRoutes
        ? routes.taken(sandbox, endpointId)
        : { isStarting: false, taken: [], beside: [] };
      const mayCome = isStarting ? networksBeside(vm, request.NetworkID) : [];
      const routing = routingOf(nic, { internal, taken, beside: [...beside, ...mayCome] });
      routes.join(sandbox, endpointId, routing);
      return joinAnswer(nic, routing);
    },

    // Docker brings the interface back into the VM after this call: DeleteEndpoint and ReleaseAddress decide on it.
    Leave(request: Requests['Leave']) {
      routes.leave(request.EndpointID);
      return {};
    },

    async DeleteEndpoint(request: Requests['DeleteEndpoint']) {
      routes.leave(request.EndpointID);
      const nic = engine.nics.withEndpoint(request.EndpointID);
      if (!nic) return {};
      await engine.inTurn.run(nic.id, async () => {
        if (nic.claim?.endpointId !== request.EndpointID) return;
        // With an address that Docker has still to give back, the NIC is finished then.
        if (nic.claim.promised.size === 0) await finish(engine, nic);
        else delete nic.claim.endpointId;
      });
      return {};
    },

    EndpointOperInfo(request: Requests['EndpointOperInfo']) {
      const nic = engine.nics.withEndpoint(request.EndpointID);
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

/**
 * The VM's other Docker networks. A starting container may be on any of them: Docker joins its networks in no certain order, a
 * Join does not say whose it is, and a handler does not ask Docker. A route that it lacks is better than not to start.
 */
function networksBeside({ vmSwitch }: Vm, dockerId: string): string[] {
  const others = [...dockerNetworks.all(vmSwitch)].filter(([id]) => id !== dockerId);
  return others.flatMap(([, { subnets }]) => subnets.map(({ cidr }) => cidr));
}

/** The NIC whose address RequestAddress gave; else, when Docker's own IPAM chose the addresses, one with these. */
async function findOrClaim(engine: Engine, vm: Vm, request: Requests['CreateEndpoint']): Promise<Nic> {
  const network = dockerNetworks.get(vm.vmSwitch, request.NetworkID);
  const { Address: v4 = '', AddressIPv6: v6 = '', MacAddress: mac = '' } = request.Interface ?? {};
  const addresses = [v4, v6].map((cidr) => cidr.split('/')[0] ?? '').filter(Boolean);
  const told = network.subnets.flatMap(({ id }) =>
    addresses.flatMap((is) => engine.nics.withAddress(id, is) ?? []),
  );
  const nic = told.find(({ claim }) => claim && claim.promised.size > 0);
  if (nic) {
    requireFree(nic, addresses.join(' and '));
    for (const address of addresses) await uniteAddresses(engine, nic, address);
    await moveToNetwork(engine, nic, network);
    return nic;
  }
  // Docker's default IPAM chose the addresses: Neutron has not heard of them yet.
  const wish = {
    subnetId: network.subnets[0]?.id ?? '',
    addresses,
    ...(mac ? { mac: mac.toLowerCase() } : {}),
  };
  return claimNic(engine, network, wish, { endpointId: request.EndpointID });
}

/**
 * RequestAddress does not say which Docker network it is for, and several may stand on one subnet with other security groups or
 * other subnets besides: then the port gets these groups, or is made anew with the address that Docker was told.
 */
async function moveToNetwork(engine: Engine, nic: Nic, network: DockerNetwork): Promise<void> {
  const { target } = await poolOf(engine, network);
  if (nic.wants.existing || poolKey(nic.target) === poolKey(target)) return;
  const vm = await engine.vm();
  await engine.inTurn.run(nic.id, async () => {
    if (differInGroups(nic.target, target)) return await replaceSecurityGroups(engine, nic, target);
    // With the pool's target it finds its way back there.
    Object.assign(nic, { target });
    await changeOrRelease(engine, nic, vm, { addresses: [...(nic.claim?.promised ?? [])] });
  });
}

/** The address of a NIC that has an endpoint already is not given to a second one. */
function requireFree(nic: Nic, address: string): void {
  if (nic.claim?.endpointId === undefined) return;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to another endpoint`);
}

/** One OVSDB transaction on a complete NIC, none when nothing is new. */
async function tie(nic: Nic, vm: Vm, endpointId: string): Promise<void> {
  if (!nic.claim || nic.claim.endpointId === endpointId) return;
  nic.claim.endpointId = endpointId;
  await noteClaim(nic, vm);
}

/** `--mac-address`: a port made anew with it and with the addresses that Docker was told; one that was there before stays as it is. */
async function giveMac(engine: Engine, nic: Nic, vm: Vm, mac: string): Promise<void> {
  const addresses = [...(nic.claim?.promised ?? [])];
  if (nic.wants.existing) requireAsWished(nic.wants.existing, { addresses, mac });
  await requireNoPortWithMac(engine, nic.target.network.id, mac, addresses);
  await changeOrRelease(engine, nic, vm, { mac });
}

/** When it cannot be done, nothing of the NIC is left that anybody could use. */
async function changeOrRelease(
  engine: Engine,
  nic: Nic,
  vm: Vm,
  wishes: Pick<NicWishes, 'mac' | 'addresses'>,
): Promise<void> {
  try {
    await changePort(nic, vm, wishes);
  } catch (error) {
    await release(engine, nic);
    throw error;
  }
}

function requireNic(engine: Engine, endpointId: string): Nic & { port: Port } {
  const nic = engine.nics.withEndpoint(endpointId);
  if (!nic?.port)
    throw new OvnDockerError('E_NIC_UNKNOWN', `no network interface for endpoint ${endpointId}`);
  return nic as Nic & { port: Port };
}
