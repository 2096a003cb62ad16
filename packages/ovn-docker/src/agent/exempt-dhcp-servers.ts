import type { Attachments, DockerEngine } from '../clients/docker-engine.ts';
import { dockerBoolean } from '../config/docker-boolean.ts';
import { containerLabels } from '../config/known-keys.ts';
import { nicsOfContainer } from '../health/nics-of-container.ts';
import { writeClaim } from '../lifecycle/write-claim.ts';
import type { Engine } from '../nics/engine.ts';
import { streamDockerEvents } from './stream-docker-events.ts';

const LABEL = containerLabels.dhcpServer;

/**
 * Lets the containers with the label `org.ovn-docker.dhcp-server=true` answer DHCP requests. The claim on the
 * NIC's row says so, and the guard follows the row; the exemption ends with the claim. As with security
 * groups, only Docker's events tell the agent about labels.
 */
export async function watchDhcpServers(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
): Promise<void> {
  await streamDockerEvents(
    { engine, docker, label: LABEL, signal },
    () => exemptDhcpServers(engine, docker),
    async ({ action, containerId, labels }) => {
      if (action !== 'start') return;
      await tolerateFailure(engine, containerId, async () =>
        exempt(engine, containerId, labels[LABEL] ?? '', await docker.attachmentsOf(containerId)),
      );
    },
  );
}

/** Exempts every running container with the label, also on networks that it joined after its start. */
export async function exemptDhcpServers(engine: Engine, docker: DockerEngine): Promise<void> {
  for (const { id, label, isRunning, ...attachments } of await docker.containersWithLabel(LABEL)) {
    if (isRunning) await tolerateFailure(engine, id, () => exempt(engine, id, label, attachments));
  }
}

async function exempt(engine: Engine, id: string, value: string, attachments: Attachments): Promise<void> {
  if (dockerBoolean(value) !== true) return;
  for (const { nic, claim } of nicsOfContainer(engine, id, attachments)) {
    if (claim.servesDhcp) continue;
    await engine.inTurn.run(nic.id, async () => {
      // While this work waited for its turn, the container may have ended and another one claimed the NIC.
      if (nic.claim !== claim) return;
      claim.servesDhcp = true;
      await writeClaim(nic, await engine.vm());
    });
  }
}

async function tolerateFailure(engine: Engine, container: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    engine.log.error({ container, err: error }, 'could not exempt a DHCP server');
  }
}
