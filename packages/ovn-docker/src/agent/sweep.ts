import { detach } from '../attach/detach.ts';
import { enter } from '../attach/enter.ts';
import { release } from '../attach/release.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import type { AgentState } from '../nics/agent-state.ts';
import { containerLabels } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { recoverNics } from '../nics/recover.ts';

/**
 * At start: learns the NICs that were made before, and takes away those whose container or endpoint is gone. Runs before
 * the first request is served, so nothing can be in the middle of being made.
 */
export async function sweep(state: AgentState, docker: DockerEngine, driver: string): Promise<void> {
  const vm = await state.vm();
  for (const nic of await recoverNics(state.neutron, vm)) {
    state.nics.add(nic);
    if (nic.vlan !== undefined) vm.vlans.markUsed(nic.vlan);
  }
  await sweepWrapped(state, docker);
  const endpoints = await docker.endpointsOfDriver(driver);
  for (const nic of state.nics.all()) {
    if (nic.containerId !== undefined) continue;
    if (nic.endpointId !== undefined && endpoints.has(nic.endpointId)) continue;
    await removeUnused(state, nic);
  }
}

/**
 * Makes the NICs of `--net=none` containers what the containers are, for the time in which no events were seen: the agent
 * or dockerd was away. A running one has its NIC, a stopped one keeps port and VLAN, one that is gone leaves nothing.
 * Others need no such look: dockerd itself calls Leave and DeleteEndpoint for what it finds dead when it starts.
 */
export async function sweepWrapped(state: AgentState, docker: DockerEngine): Promise<void> {
  const labelled = await docker.containersWithLabel(containerLabels.nic);
  const containerOf = new Map([...labelled].map(([containerId, nicId]) => [nicId, containerId]));
  for (const nic of state.nics.all()) {
    const containerId = containerOf.get(nic.id);
    if (containerId !== undefined) await followContainer(state, docker, nic, containerId);
    else if (nic.containerId !== undefined) await removeUnused(state, nic);
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
