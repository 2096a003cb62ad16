import { attach } from '../../attach/attach.ts';
import { type Routing, routingOf } from '../../attach/parts/routing.ts';
import type { PublishMode } from '../../config/agent-config.ts';
import { OvnDockerError } from '../../errors.ts';
import type { SandboxWaiters } from '../../lifecycle/await-sandbox.ts';
import { writeClaim } from '../../lifecycle/write-claim.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import type { Engine } from '../../nics/engine.ts';
import { type Nic, requirePlugged } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';
import { joinAnswer } from './join-answer.ts';
import { publishedPorts, requirePublishable } from './published-ports.ts';
import type { SandboxRoutes } from './sandbox-routes.ts';
import type { Requests } from './wire.ts';

interface JoinContext {
  readonly routes: SandboxRoutes;
  readonly waiters: SandboxWaiters;
  /** What becomes of containers that publish ports, on networks whose options do not say. */
  readonly publish: PublishMode;
}

/**
 * Returns the interface that Docker moves into the container, and its routes. The NIC has been complete since
 * RequestAddress; if its port on the bridge has vanished meanwhile, the agent plugs it again.
 */
export async function joinEndpoint(
  engine: Engine,
  { routes, waiters, publish }: JoinContext,
  { NetworkID, EndpointID, SandboxKey, Options }: Requests['Join'],
): Promise<Record<string, unknown>> {
  const vm = await engine.vm();
  const nic = requireNic(engine, EndpointID);
  const { internal = false, ...network } = dockerNetworks.get(vm.vmSwitch, NetworkID);
  const published = publishedPorts(Options);
  requirePublishable(published, nic.claim?.endpoint?.publish ?? network.publish ?? publish);
  await engine.inTurn.run(nic.id, () => attach([nic], vm, 'guard port', 'enter container'));
  if (nic.claim) Object.assign(nic.claim, { sandbox: SandboxKey, isRouterSettled: false });
  // Reading the container's routes takes time: the agent reads them only if the network has routes that could
  // clash.
  const hasRoutes = !internal && nic.target.subnets.some(({ host_routes }) => host_routes.length > 0);
  const { isStarting, taken, beside, addresses } = hasRoutes
    ? routes.taken(SandboxKey, EndpointID)
    : { isStarting: false, taken: [], beside: [], addresses: [] };
  const possible = isStarting ? otherCidrs(vm, NetworkID) : [];
  const routing = routingOf(nic, { internal, taken, beside: [...beside, ...possible], addresses });
  routes.join(SandboxKey, EndpointID, routing);
  if (published !== undefined) {
    await takeOverGateways(nic, vm, published, routing);
    waiters.add(nic, vm);
  }
  return joinAnswer(requirePlugged(nic), routing);
}

/**
 * Notes that the agent adds the default routes of a container that publishes ports. Docker publishes them on
 * the network whose gateway it uses, so `joinAnswer` leaves the gateways out.
 */
async function takeOverGateways(nic: Nic, vm: Vm, published: string, routing: Routing): Promise<void> {
  if (!nic.claim) return;
  const gateways = [routing.gateway, routing.gatewayIPv6].filter((gateway) => gateway !== undefined);
  Object.assign(nic.claim, { published, ...(gateways.length > 0 ? { gateways } : {}) });
  await writeClaim(nic, vm);
}

/**
 * The CIDRs of the VM's other Docker networks. A starting container may be on any of them: Docker joins the
 * networks of a container in no fixed order, Join does not name the container, and a handler does not ask
 * Docker. A missing route is better than a container that does not start.
 */
function otherCidrs({ vmSwitch }: Vm, dockerId: string): string[] {
  const others = [...dockerNetworks.all(vmSwitch)].filter(([id]) => id !== dockerId);
  return others.flatMap(([, { subnets }]) => subnets.map(({ cidr }) => cidr));
}

function requireNic(engine: Engine, endpointId: string): Nic {
  const nic = engine.nics.withEndpoint(endpointId);
  if (nic) return nic;
  throw new OvnDockerError('E_NIC_UNKNOWN', `the agent has no NIC for endpoint ${endpointId}`, {
    hint: 'start the container again; if Docker still shows it on the network, `docker network disconnect -f NETWORK CONTAINER`',
  });
}
