import { isWhole } from '../attach/make-veth.ts';
import type { DockerEngine, LabelledContainer } from '../clients/docker-engine.ts';
import { enter } from '../lifecycle/enter.ts';
import { renew } from '../lifecycle/renew.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import type { DockerView } from './observe.ts';

/**
 * Makes the NICs of `--net=none` containers what the containers are, for the time in which no events were seen: the agent
 * or dockerd was away. A running one has its NIC, a stopped one has it ready for the next start. Others need no such
 * look: dockerd itself calls Join for what it starts, and Leave for what it finds dead.
 */
export async function followContainers(
  engine: Engine,
  docker: DockerEngine,
  labelled: DockerView['labelled'],
): Promise<void> {
  for (const nic of engine.nics.all()) {
    const container = labelled.get(nic.claim?.label ?? '');
    // Whoever makes a NIC (Neutron may take seconds) finishes it; its container waits for it and has not started yet.
    if (container && nic.state !== 'making') await follow(engine, docker, nic, container);
  }
}

async function follow(
  engine: Engine,
  docker: DockerEngine,
  nic: Nic,
  container: LabelledContainer,
): Promise<void> {
  const vm = await engine.vm();
  const isFine = container.isRunning ? nic.place !== undefined : isWhole(nic, vm);
  if (isFine) return;
  try {
    await engine.inTurn.run(nic.id, async () => {
      if (nic.claim?.label !== container.label) return;
      const pid = await docker.pidOf(container.id);
      if (pid !== undefined) await enter(nic, vm, { containerId: container.id, pid });
      else await renew(nic, vm);
    });
  } catch (error) {
    // One that cannot be helped must not keep the others waiting.
    engine.log.error({ nic: nic.id, err: error }, 'could not bring a NIC to the state of its container');
  }
}
