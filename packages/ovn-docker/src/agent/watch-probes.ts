import type { DockerEngine } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import { indexOf, nicsOfContainer } from '../health/nics-of-container.ts';
import type { Prober } from '../health/probes/prober.ts';
import type { Engine } from '../nics/engine.ts';
import { streamDockerEvents } from './stream-docker-events.ts';
import { tolerate } from './tolerate.ts';

const LABEL = containerLabels.probe;

/**
 * Has the prober follow the containers with the label `org.ovn-docker.probe`. As with security groups, only
 * Docker's events tell the agent about labels.
 */
export async function watchProbes(
  engine: Engine,
  docker: DockerEngine,
  prober: Prober,
  signal: AbortSignal,
): Promise<void> {
  await streamDockerEvents(
    { engine, docker, label: LABEL, signal },
    () => updateProbes(engine, docker, prober),
    async ({ action, containerId, labels }) => {
      if (action !== 'start') {
        prober.remove(containerId);
        return;
      }
      const add = async () => {
        const attachments = await docker.attachmentsOf(containerId);
        const nics = nicsOfContainer(engine, containerId, attachments);
        prober.add({ id: containerId, label: labels[LABEL] ?? '', nics });
      };
      await tolerate(engine.log, add());
    },
  );
}

/** Has the prober probe every running container with the label, on all networks that it is on by now. */
export async function updateProbes(engine: Engine, docker: DockerEngine, prober: Prober): Promise<void> {
  const containers = await docker.containersWithLabel(LABEL);
  const nics = indexOf(engine.nics.all());
  prober.replace(
    containers
      .filter(({ isRunning }) => isRunning)
      .map(({ id, label, ...attachments }) => ({
        id,
        label,
        nics: nicsOfContainer({ nics }, id, attachments),
      })),
  );
}
