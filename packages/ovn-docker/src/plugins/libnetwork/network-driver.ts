import type { PublishMode } from '../../config/agent-config.ts';
import { SandboxWaiters } from '../../lifecycle/await-sandbox.ts';
import { finish } from '../../lifecycle/finish.ts';
import { checkOptions } from '../../networks/check-options.ts';
import { createNetwork } from '../../networks/create-network.ts';
import { deleteNetwork } from '../../networks/delete-network.ts';
import type { Engine } from '../../nics/engine.ts';
import { warn } from '../../observe/warnings.ts';
import { createEndpoint } from './create-endpoint.ts';
import { gwAllocCheck } from './gw-alloc-check.ts';
import type { IpamPoolRequests } from './ipam-pool-requests.ts';
import { joinEndpoint } from './join-endpoint.ts';
import { constant, type Methods, method } from './method.ts';
import { planNetwork, usesIpamDriver } from './plan-network.ts';
import { SandboxRoutes } from './sandbox-routes.ts';
import { genericOptions, requests } from './wire.ts';

/**
 * Docker's remote network driver (moby libnetwork, docs/remote.md). Its scope is local, because each VM has
 * its own Docker; connectivity is global, because all VMs use the same Neutron.
 */
export function networkDriver(
  engine: Engine,
  publish: PublishMode,
  ipamPoolRequests: IpamPoolRequests,
): Methods {
  const routes = new SandboxRoutes();
  const waiters = new SandboxWaiters(engine.log);
  // dockerd repeats a call whose answer it did not get; the first one may still be under way.
  const inTurn = <T>({ EndpointID }: { EndpointID: string }, work: () => Promise<T>) =>
    engine.inTurn.run(`endpoint ${EndpointID}`, work);
  return {
    GetCapabilities: constant({ Scope: 'local', ConnectivityScope: 'global', GwAllocChecker: true }),

    GwAllocCheck: method(requests.GwAllocCheck, (request) => gwAllocCheck(engine.neutron, request)),

    CreateNetwork: method(requests.CreateNetwork, async (request) => {
      const makePlan = () => {
        const warnings = checkOptions(genericOptions(request.Options), '-o');
        for (const warning of warnings) warn(engine.log, warning, { dockerNetwork: request.NetworkID });
        const { IPv4Data, IPv6Data } = request;
        const isDockers = !usesIpamDriver([...(IPv4Data ?? []), ...(IPv6Data ?? [])]);
        if (isDockers) warn(engine.log, DOCKER_CHOOSES, { dockerNetwork: request.NetworkID });
        return planNetwork(engine.neutron, ipamPoolRequests, request);
      };
      await createNetwork(engine, request.NetworkID, makePlan);
      return {};
    }),

    DeleteNetwork: method(requests.DeleteNetwork, async ({ NetworkID }) => {
      await deleteNetwork(engine, NetworkID);
      return {};
    }),

    CreateEndpoint: method(requests.CreateEndpoint, (request) =>
      inTurn(request, () => createEndpoint(engine, publish, request)),
    ),

    Join: method(requests.Join, (request) =>
      inTurn(request, () => joinEndpoint(engine, { routes, waiters, publish }, request)),
    ),

    // After this call Docker moves the interface back into the VM. The NIC is finished later, by
    // DeleteEndpoint or ReleaseAddress.
    Leave: method(requests.Leave, (request) =>
      inTurn(request, async () => {
        routes.leave(request.EndpointID);
        return {};
      }),
    ),

    DeleteEndpoint: method(requests.DeleteEndpoint, (request) =>
      inTurn(request, async () => {
        routes.leave(request.EndpointID);
        await deleteEndpoint(engine, request.EndpointID);
        return {};
      }),
    ),

    EndpointOperInfo: method(requests.EndpointOperInfo, ({ EndpointID }) => {
      // Docker 28 makes this call between configuring the interface and starting the container's program.
      waiters.look();
      return { Value: describeEndpoint(engine, EndpointID) };
    }),

    ProgramExternalConnectivity: constant({}),
    RevokeExternalConnectivity: constant({}),
    DiscoverNew: constant({}),
    DiscoverDelete: constant({}),
  };
}

const DOCKER_CHOOSES =
  'without --ipam-driver, Docker chooses addresses and does not know those of other VMs: use the network in this VM only';

/** Finishes the endpoint's NIC. If Docker still has an address of the NIC, ReleaseAddress finishes it. */
async function deleteEndpoint(engine: Engine, endpointId: string): Promise<void> {
  const nic = engine.nics.withEndpoint(endpointId);
  if (!nic) return;
  await engine.inTurn.run(nic.id, async () => {
    if (nic.claim?.endpointId !== endpointId) return;
    if (nic.claim.promised.size === 0) await finish(engine, nic);
    else delete nic.claim.endpointId;
  });
}

/** Ids and state of the endpoint's NIC, for diagnosis. */
function describeEndpoint(engine: Engine, endpointId: string): Record<string, string | undefined> {
  const nic = engine.nics.withEndpoint(endpointId);
  if (!nic) return {};
  return {
    'neutron.port.uuid': nic.port?.id,
    'neutron.network.uuid': nic.target.network.id,
    'ovn.vlan': String(nic.vlan),
    'ovn.state': nic.state,
  };
}
