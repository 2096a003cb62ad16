import type { DockerEngine } from '../clients/docker-engine.ts';
import type { Engine } from '../nics/engine.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import { refuseIn } from './refuse-router-advertisements.ts';
import { streamDockerEvents } from './stream-docker-events.ts';
import { tolerate } from './tolerate.ts';

/**
 * Asks Docker for the network namespaces of containers in which the agent has not refused router
 * advertisements: an earlier agent answered their Join and was killed before dockerd brought the interface
 * up, or never refused any; or ovs-vswitchd reported no change of the carrier.
 */
export async function watchSandboxes(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
): Promise<void> {
  await streamDockerEvents(
    { engine, docker, signal },
    () => findSandboxes(engine, docker),
    async ({ action, containerId }) => {
      // dockerd brings up the interfaces of a container before it reports the start.
      if (action === 'start' && unsettled(engine).length > 0)
        await tolerate(engine.log, findSandbox(engine, docker, containerId));
    },
  );
}

/** Finds the namespaces of all such containers that run. */
export async function findSandboxes(engine: Engine, docker: DockerEngine): Promise<void> {
  if (unsettled(engine).length === 0) return;
  const isWanted = (endpointId: string) =>
    unsettled(engine).some(({ claim }) => claim.endpointId === endpointId);
  for (const id of await docker.containersWithEndpoint(isWanted))
    await tolerate(engine.log, findSandbox(engine, docker, id));
}

async function findSandbox(engine: Engine, docker: DockerEngine, containerId: string): Promise<void> {
  const sandbox = await docker.sandboxOf(containerId);
  if (!sandbox) return;
  const { netns, endpoints } = sandbox;
  for (const { nic, claim } of unsettled(engine)) {
    if (!endpoints.includes(claim.endpointId)) continue;
    claim.sandbox = netns;
    refuseIn(nic, claim, netns, engine.log);
  }
}

/** The NICs of the libnetwork driver whose interface may listen to any router. */
function unsettled({ nics }: Pick<Engine, 'nics'>): { nic: Nic; claim: Claim & { endpointId: string } }[] {
  return nics.all().flatMap((nic) => {
    const { claim } = nic;
    const hasEndpoint = (each: Claim): each is Claim & { endpointId: string } =>
      each.endpointId !== undefined && !each.isRouterSettled;
    return claim && hasEndpoint(claim) ? [{ nic, claim }] : [];
  });
}
