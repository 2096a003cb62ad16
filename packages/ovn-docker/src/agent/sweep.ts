import { detach } from '../attach/detach.ts';
import { enter } from '../attach/enter.ts';
import { release } from '../attach/release.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import type { AgentState } from '../nics/agent-state.ts';
import { containerLabels, rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';

/**
 * Brings what there is to what Docker says: at start, and whenever dockerd can be asked again after it was away. Requests
 * may be served meanwhile: only what was in use before Docker is asked, and what Docker then does not know, is unused.
 */
export async function sweep(state: AgentState, docker: DockerEngine, driver: string): Promise<void> {
  const { vmSwitch } = await state.vm();
  await sweepWrapped(state, docker);
  const joined = vmSwitch.ports().flatMap(({ externalIds }) => externalIds[rowKeys.endpoint] ?? []);
  const endpoints = await docker.endpointsOfDriver(driver);
  for (const endpointId of joined) {
    const nic = endpoints.has(endpointId) ? undefined : state.nics.withEndpoint(endpointId);
    if (nic) await removeUnused(state, nic);
  }
}

/**
 * Makes the NICs of `--net=none` containers what the containers are, for the time in which no events were seen: the agent
 * or dockerd was away. A running one has its NIC, a stopped one keeps port and VLAN, one that is gone leaves nothing.
 * Others need no such look: dockerd itself calls Leave and DeleteEndpoint for what it finds dead when it starts.
 */
async function sweepWrapped(state: AgentState, docker: DockerEngine): Promise<void> {
  const used = new Set(state.nics.all().filter(({ containerId }) => containerId !== undefined));
  const labelled = await docker.containersWithLabel(containerLabels.nic);
  const containerOf = new Map([...labelled].map(([containerId, nicId]) => [nicId, containerId]));
  for (const nic of state.nics.all()) {
    const containerId = containerOf.get(nic.id);
    if (containerId !== undefined) await followContainer(state, docker, nic, containerId);
    else if (used.has(nic)) await removeUnused(state, nic);
  }
}

async function followContainer(
  state: AgentState,
  docker: DockerEngine,
  nic: Nic,
  containerId: string,
): Promise<void> {
  const vm = await state.vm();
  nic.containerId = containerId;
  try {
    await state.perNic.run(nic.id, async () => {
      const pid = await docker.pidOf(containerId);
      if (pid !== undefined) await enter(nic, vm, { containerId, pid });
      else await detach(nic, vm, 'make veth');
    });
  } catch (error) {
    // One that cannot be helped must not keep the others waiting.
    state.log.error({ nic: nic.id, err: error }, 'could not bring a NIC to the state of its container');
  }
}

async function removeUnused(state: AgentState, nic: Nic): Promise<void> {
  const vm = await state.vm();
  state.log.info(
    { nic: nic.id, port: nic.port?.id, vlan: nic.vlan },
    'nobody uses this NIC any more: removing it',
  );
  await state.perNic.run(nic.id, () => release(nic, vm, state.nics, state.draining));
}
