import { addSecurityGroups } from '../attach/add-security-groups.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { findSecurityGroups, splitGroups } from '../clients/security-groups.ts';
import type { AgentState } from '../nics/agent-state.ts';
import { containerLabels } from '../nics/names.ts';
import { followEvents } from './follow-events.ts';

/**
 * Security groups by a label on the container (`org.ovn-docker.security-groups`). libnetwork does not tell its drivers the
 * labels of a container, and a handler may not ask Docker for them, so the agent does this as soon as Docker tells of the
 * start; after a time in which it could not hear that, for all containers with the label.
 */
export async function watchSecurityGroups(
  state: AgentState,
  docker: DockerEngine,
  signal: AbortSignal,
): Promise<void> {
  const label = containerLabels.securityGroups;
  const work = { state, docker, label, signal };
  await followEvents(
    work,
    () => applySecurityGroups(state, docker),
    async (event) => {
      if (event.action !== 'start') return;
      await apply(state, docker, event.containerId, event.labels[label] ?? '');
    },
  );
}

/** For every running container with the label: also for networks that it was connected to after its start. */
export async function applySecurityGroups(state: AgentState, docker: DockerEngine): Promise<void> {
  for (const { id, label, isRunning } of await docker.containersWithLabel(containerLabels.securityGroups)) {
    if (isRunning) await apply(state, docker, id, label);
  }
}

async function apply(
  state: AgentState,
  docker: DockerEngine,
  containerId: string,
  groups: string,
): Promise<void> {
  try {
    const { endpoints, labels } = await docker.attachmentsOf(containerId);
    const own = state.nics.withLabel(labels[containerLabels.nic] ?? '');
    const nics = [...endpoints.map((id) => state.nics.withEndpoint(id)), own].filter(
      (nic) => nic !== undefined,
    );
    if (nics.length === 0) return;
    const ids = await findSecurityGroups(state.neutron, splitGroups(groups));
    for (const nic of nics) {
      const whose = nic.claim?.endpointId ?? nic.claim?.label;
      await state.perNic.run(nic.id, async () => {
        // Its container may have ended meanwhile, and it may be somebody else's by now.
        const { endpointId, label } = nic.claim ?? {};
        if (whose !== undefined && (endpointId ?? label) === whose) await addSecurityGroups(nic, state, ids);
      });
    }
  } catch (error) {
    state.log.error({ container: containerId, groups, err: error }, 'could not apply security groups');
  }
}
