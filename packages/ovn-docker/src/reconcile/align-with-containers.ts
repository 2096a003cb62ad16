import type { DockerEngine, LabelledContainer } from '../clients/docker-engine.ts';
import { OvnDockerError } from '../errors.ts';
import { enter } from '../lifecycle/enter.ts';
import { renew } from '../lifecycle/renew.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { isWhole } from '../nics/veth-pair.ts';
import type { DockerView } from './observe.ts';

/**
 * Brings the NICs of `--net=none` containers to the state of their containers, for the time in which the
 * agent or dockerd was away and no events arrived: a running container has its NIC, a stopped one has it
 * ready for the next start. For containers of the libnetwork driver, dockerd itself calls Join and Leave.
 * @throws OvnDockerError `E_DOCKER_NOT_RUNNING`
 */
export async function alignWithContainers(
  engine: Engine,
  docker: DockerEngine,
  labelled: DockerView['labelled'],
): Promise<void> {
  for (const nic of engine.nics.all()) {
    const container = labelled.get(nic.claim?.label ?? '');
    // While a NIC is being made, its container waits for it and has not started.
    if (container && nic.state !== 'making') await align(engine, docker, nic, container);
  }
}

async function align(
  engine: Engine,
  docker: DockerEngine,
  nic: Nic,
  container: LabelledContainer,
): Promise<void> {
  const vm = await engine.vm();
  const isAligned = container.isRunning ? nic.place !== undefined : isWhole(nic, vm);
  if (isAligned) return;
  try {
    await engine.inTurn.run(nic.id, async () => {
      if (nic.claim?.label !== container.label) return;
      const running = await docker.running(container.id);
      if (running) await enter(nic, vm, running);
      else await renew(nic, vm);
    });
  } catch (error) {
    // Every further question would take its full time limit, too; a later pass asks again.
    if (error instanceof OvnDockerError && error.code === 'E_DOCKER_NOT_RUNNING') throw error;
    // Continue with the other containers.
    engine.log.error({ nic: nic.id, err: error }, 'could not bring a NIC to the state of its container');
  }
}
