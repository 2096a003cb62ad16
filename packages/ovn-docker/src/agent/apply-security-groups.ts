import type { Attachments, DockerEngine } from '../clients/docker-engine.ts';
import { findSecurityGroups, splitGroups } from '../clients/neutron/security-groups.ts';
import { containerLabels } from '../config/known-keys.ts';
import { nicsOfContainer } from '../health/nics-of-container.ts';
import { addSecurityGroups } from '../lifecycle/add-security-groups.ts';
import type { Engine } from '../nics/engine.ts';
import type { Claim } from '../nics/nic.ts';
import { streamDockerEvents } from './stream-docker-events.ts';

/**
 * Applies the security groups that a container's label names (`org.ovn-docker.security-groups`). libnetwork
 * does not pass labels to its drivers, and a handler must not ask Docker for them. So the agent applies the
 * groups when Docker reports that the container has started. Whenever the stream of events opens again, it
 * applies the groups of all containers with the label.
 */
export async function watchSecurityGroups(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
): Promise<void> {
  const label = containerLabels.securityGroups;
  await streamDockerEvents(
    { engine, docker, label, signal },
    () => applySecurityGroups(engine, docker),
    async ({ action, containerId, labels }) => {
      if (action !== 'start') return;
      const container = { id: containerId, groups: labels[label] ?? '' };
      await tolerateFailure(engine, container, async () =>
        apply(engine, container, await docker.attachmentsOf(containerId)),
      );
    },
  );
}

/**
 * Applies the groups of every running container with the label, also on networks that it joined after its
 * start. Sends one request to Docker, and none to Neutron when every container has its groups.
 */
export async function applySecurityGroups(engine: Engine, docker: DockerEngine): Promise<void> {
  const containers = await docker.containersWithLabel(containerLabels.securityGroups);
  for (const { id, label, isRunning, ...attachments } of containers) {
    const container = { id, groups: label };
    if (isRunning) await tolerateFailure(engine, container, () => apply(engine, container, attachments));
  }
}

interface GroupedContainer {
  readonly id: string;
  /** The label's value: names or ids, separated by commas. */
  readonly groups: string;
}

/** For each claim, the label's value that the agent applied last. A claim ends with its one container. */
const applied = new WeakMap<Claim, string>();

async function apply(
  engine: Engine,
  { id, groups }: GroupedContainer,
  attachments: Attachments,
): Promise<void> {
  const nics = nicsOfContainer(engine, id, attachments);
  const due = nics.filter(({ claim }) => applied.get(claim) !== groups);
  if (due.length === 0) return;
  const ids = await findSecurityGroups(engine.neutron, splitGroups(groups));
  for (const { nic, claim } of due) {
    await engine.inTurn.run(nic.id, async () => {
      // While this work waited for its turn, the container may have ended and another one claimed the NIC.
      if (nic.claim !== claim) return;
      await addSecurityGroups(engine, nic, ids);
      applied.set(claim, groups);
    });
  }
}

async function tolerateFailure(
  engine: Engine,
  { id, groups }: GroupedContainer,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    engine.log.error({ container: id, groups, err: error }, 'could not apply security groups');
  }
}
