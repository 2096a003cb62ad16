import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import { enter } from '../lifecycle/enter.ts';
import { finish } from '../lifecycle/finish.ts';
import { renew } from '../lifecycle/renew.ts';
import type { Engine } from '../nics/engine.ts';
import { containerLabels } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { followEvents } from './stream-docker-events.ts';

/**
 * Follows the containers that the command line wrapper started. Docker knows nothing of their NIC (`--net=none`), so
 * what libnetwork calls for other containers is derived from events: start enters, die makes the pair anew, destroy finishes.
 */
export async function watchContainers(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
  onConnect: () => Promise<void>,
): Promise<void> {
  // A NIC's events stay in order: each is carried out in the NIC's turn.
  const work = { engine, docker, label: containerLabels.nic, signal };
  await followEvents(work, onConnect, (event) => follow(engine, docker, event));
}

async function follow(engine: Engine, docker: DockerEngine, event: ContainerEvent): Promise<void> {
  const nic = engine.nics.withLabel(event.labels[containerLabels.nic] ?? '');
  if (!nic) return;
  try {
    await engine.inTurn.run(nic.id, () => apply(engine, docker, nic, event));
  } catch (error) {
    engine.log.error({ nic: nic.id, event: event.action, err: error }, 'could not follow a container');
  }
}

async function apply(engine: Engine, docker: DockerEngine, nic: Nic, event: ContainerEvent): Promise<void> {
  const vm = await engine.vm();
  // Whoever had its turn before may have given the NIC back, and it may be somebody else's by now. A container of an image that
  // `docker commit` made of another one has that one's labels.
  const { claim } = nic;
  if (claim?.label !== event.labels[containerLabels.nic]) return;
  if ((claim?.containerId ?? event.containerId) !== event.containerId) return;
  switch (event.action) {
    case 'start': {
      const pid = await docker.pidOf(event.containerId);
      if (pid !== undefined) await enter(nic, vm, { containerId: event.containerId, pid });
      return;
    }
    case 'die':
      // The namespace took the veth pair with it; the container may start again, and then finds a new one.
      await renew(nic, vm);
      return;
    case 'destroy':
      await finish(engine, nic);
      return;
  }
}
