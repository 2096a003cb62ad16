import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import { enter } from '../lifecycle/enter.ts';
import { finish } from '../lifecycle/finish.ts';
import { renew } from '../lifecycle/renew.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { streamDockerEvents } from './stream-docker-events.ts';

/**
 * Applies Docker's events to the NICs of `ovn-docker run --net=none`: start enters, die makes a new veth
 * pair, destroy finishes. For other containers libnetwork calls the driver instead.
 */
export async function applyContainerEvents(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
  onConnect: () => Promise<void>,
): Promise<void> {
  // The NIC's queue keeps the order of its events.
  const subscription = { engine, docker, label: containerLabels.nic, signal };
  await streamDockerEvents(subscription, onConnect, (event) => applyInTurn(engine, docker, event));
}

async function applyInTurn(engine: Engine, docker: DockerEngine, event: ContainerEvent): Promise<void> {
  const nic = engine.nics.withLabel(event.labels[containerLabels.nic] ?? '');
  if (!nic) return;
  try {
    await engine.inTurn.run(nic.id, () => apply(engine, docker, nic, event));
  } catch (error) {
    engine.log.error({ nic: nic.id, event: event.action, err: error }, 'could not apply a container event');
  }
}

async function apply(engine: Engine, docker: DockerEngine, nic: Nic, event: ContainerEvent): Promise<void> {
  const vm = await engine.vm();
  // While the event waited, another container may have claimed the NIC. And `docker commit` copies labels: a
  // container of such an image has the label of another container's NIC.
  const { claim } = nic;
  if (claim?.label !== event.labels[containerLabels.nic]) return;
  if ((claim?.containerId ?? event.containerId) !== event.containerId) return;
  switch (event.action) {
    case 'start': {
      const running = await docker.running(event.containerId);
      if (running) await enter(nic, vm, running);
      return;
    }
    case 'die':
      // The kernel deleted the veth pair with the namespace. Prepare the NIC for the next start.
      await renew(nic, vm);
      return;
    case 'destroy':
      await finish(engine, nic);
      return;
  }
}
