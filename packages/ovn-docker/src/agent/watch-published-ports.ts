import type { DockerEngine, Sandbox } from '../clients/docker-engine.ts';
import { shortId } from '../clients/short-id.ts';
import { addFallbackRoutes } from '../lifecycle/add-fallback-routes.ts';
import type { Engine } from '../nics/engine.ts';
import { addressesOf, type Claim } from '../nics/nic.ts';
import { warn } from '../observe/warnings.ts';
import { streamDockerEvents } from './stream-docker-events.ts';
import { tolerate } from './tolerate.ts';

/**
 * Follows the starts of containers that publish ports. Warns when a container is on logical networks only:
 * nothing publishes its ports then. Join cannot tell, because Docker joins a container's networks in any
 * order. Also adds the default routes that a killed or late agent has left out.
 */
export async function watchPublishedPorts(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
): Promise<void> {
  // An earlier agent has warned of these.
  const warned = new WeakSet(engine.nics.all().flatMap(({ claim }) => claim ?? []));
  const check = async (containerId: string) => {
    const sandbox = await docker.sandboxOf(containerId);
    if (sandbox) checkContainer(engine, warned, sandbox);
  };
  const publishes = (endpointId: string) =>
    engine.nics.withEndpoint(endpointId)?.claim?.published !== undefined;
  const isIdle = () => engine.nics.all().every(({ claim }) => claim?.published === undefined);
  await streamDockerEvents(
    { engine, docker, signal },
    async () => {
      if (isIdle()) return;
      for (const id of await docker.containersWithEndpoint(publishes)) await tolerate(engine.log, check(id));
    },
    async ({ action, containerId }) => {
      if (action === 'start' && !isIdle()) await tolerate(engine.log, check(containerId));
    },
  );
}

function checkContainer(engine: Engine, warned: WeakSet<Claim>, sandbox: Sandbox): void {
  const { containerId, netns, endpoints } = sandbox;
  const nics = endpoints.flatMap((endpoint) => engine.nics.withEndpoint(endpoint) ?? []);
  for (const nic of nics) if (nic.claim?.gateways) addFallbackRoutes(nic, netns);
  const claims = nics.flatMap(({ claim }) => claim ?? []);
  const published = claims.find((claim) => claim.published !== undefined)?.published;
  const isPublished = nics.length < endpoints.length;
  if (published === undefined || isPublished || claims.every((claim) => warned.has(claim))) return;
  for (const claim of claims) warned.add(claim);
  const addresses = nics.flatMap((nic) => addressesOf(nic).map(({ address }) => address));
  warn(
    engine.log,
    'Docker publishes no port of a container that is on logical networks only: use its own addresses',
    { container: shortId(containerId), published, addresses: addresses.join(', ') },
  );
}
