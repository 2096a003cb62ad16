import type { Attachments, DockerEngine } from '../clients/docker-engine.ts';
import { findSecurityGroups, splitGroups } from '../clients/neutron/security-groups.ts';
import { addSecurityGroups } from '../lifecycle/add-security-groups.ts';
import type { Engine } from '../nics/engine.ts';
import { containerLabels } from '../nics/names.ts';
import type { Claim } from '../nics/nic.ts';
import { followEvents } from './stream-docker-events.ts';

/**
 * Security groups by a label on the container (`org.ovn-docker.security-groups`). libnetwork does not tell its drivers the
 * labels of a container, and a handler may not ask Docker for them, so the agent does this as soon as Docker tells of the
 * start; after a time in which it could not hear that, for all containers with the label.
 */
export async function watchSecurityGroups(
  engine: Engine,
  docker: DockerEngine,
  signal: AbortSignal,
): Promise<void> {
  const label = containerLabels.securityGroups;
  const work = { engine, docker, label, signal };
  await followEvents(
    work,
    () => applySecurityGroups(engine, docker),
    async ({ action, containerId, labels }) => {
      if (action !== 'start') return;
      const container = { id: containerId, groups: labels[label] ?? '' };
      await tolerate(engine, container, async () =>
        apply(engine, container, await docker.attachmentsOf(containerId)),
      );
    },
  );
}

/**
 * For every running container with the label: also for networks that it was connected to after its start. One request to
 * Docker, and none to Neutron when nobody is missing anything.
 */
export async function applySecurityGroups(engine: Engine, docker: DockerEngine): Promise<void> {
  for (const { id, label, isRunning, ...on } of await docker.containersWithLabel(
    containerLabels.securityGroups,
  )) {
    const container = { id, groups: label };
    if (isRunning) await tolerate(engine, container, () => apply(engine, container, on));
  }
}

interface GroupedContainer {
  readonly id: string;
  /** Names or ids, as the label has them. */
  readonly groups: string;
}

/** The groups that a NIC has been given for its container. A claim is one container's, and goes with it. */
const given = new WeakMap<Claim, string>();

async function apply(
  engine: Engine,
  { id, groups }: GroupedContainer,
  { endpoints, labels }: Attachments,
): Promise<void> {
  const own = engine.nics.withLabel(labels[containerLabels.nic] ?? '');
  const nics = endpoints.map((endpoint) => engine.nics.withEndpoint(endpoint));
  // A copy by `docker commit` has the label of another one's NIC.
  if ((own?.claim?.containerId ?? id) === id) nics.push(own);
  const due = nics.flatMap((nic) => {
    const claim = nic?.claim;
    return nic && claim && given.get(claim) !== groups ? [{ nic, claim }] : [];
  });
  if (due.length === 0) return;
  const ids = await findSecurityGroups(engine.neutron, splitGroups(groups));
  for (const { nic, claim } of due) {
    await engine.inTurn.run(nic.id, async () => {
      // Its container may have ended meanwhile, and it may be somebody else's by now.
      if (nic.claim !== claim) return;
      await addSecurityGroups(engine, nic, ids);
      given.set(claim, groups);
    });
  }
}

async function tolerate(
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
