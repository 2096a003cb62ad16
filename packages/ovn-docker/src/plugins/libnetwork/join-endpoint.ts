import { attach } from '../../attach/attach.ts';
import { routingOf } from '../../attach/parts/routing.ts';
import { OvnDockerError } from '../../errors.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import type { Engine } from '../../nics/engine.ts';
import { type Nic, requirePlugged } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';
import { joinAnswer } from './join-answer.ts';
import type { SandboxRoutes } from './sandbox-routes.ts';
import type { Requests } from './wire.ts';

/**
 * Returns the interface that Docker moves into the container, and its routes. The NIC has been complete since
 * RequestAddress; if its port on the bridge has vanished meanwhile, the agent plugs it again.
 */
export async function joinEndpoint(
  engine: Engine,
  routes: SandboxRoutes,
  { NetworkID, EndpointID, SandboxKey }: Requests['Join'],
): Promise<Record<string, unknown>> {
  const vm = await engine.vm();
  const nic = requireNic(engine, EndpointID);
  await engine.inTurn.run(nic.id, () => attach([nic], vm, 'guard port', 'enter container'));
  const { internal = false } = dockerNetworks.get(vm.vmSwitch, NetworkID);
  if (nic.claim) nic.claim.sandbox = SandboxKey;
  // Reading the container's routes takes time: the agent reads them only if the network has routes that could
  // clash.
  const hasRoutes = !internal && nic.target.subnets.some(({ host_routes }) => host_routes.length > 0);
  const { isStarting, taken, beside, addresses } = hasRoutes
    ? routes.taken(SandboxKey, EndpointID)
    : { isStarting: false, taken: [], beside: [], addresses: [] };
  const possible = isStarting ? otherCidrs(vm, NetworkID) : [];
  const routing = routingOf(nic, { internal, taken, beside: [...beside, ...possible], addresses });
  routes.join(SandboxKey, EndpointID, routing);
  return joinAnswer(requirePlugged(nic), routing);
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
  throw new OvnDockerError('E_NIC_UNKNOWN', `the agent has no NIC for endpoint ${endpointId}`);
}
