import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { enter } from '../lifecycle/enter.ts';
import { applyContainerEvents } from './apply-container-events.ts';

/** A Docker client that streams these events and then aborts `stop`. */
function dockerWithEvents(events: readonly Omit<ContainerEvent, 'labels'>[], stop: AbortController) {
  const docker = {
    async *events() {
      for (const event of events) yield { ...event, labels: { [containerLabels.nic]: 'a' } };
      stop.abort();
    },
    running: async (containerId: string) => ({ containerId, pid: 1, withoutIpv6: false }),
  };
  return docker as unknown as DockerEngine;
}

it('a copy of a container (`docker commit` copies labels) neither enters nor finishes its NIC', async () => {
  const { engine, pool, links, books } = createWorld();
  const claim = { label: 'a', containerId: 'first' };
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim });
  const pair = links.link(`ovn-${nic.vlan}`);
  const before = books();
  const stop = new AbortController();
  const actions = ['start', 'die', 'destroy'].map((action) => ({ action, containerId: 'copy' }));
  await applyContainerEvents(engine, dockerWithEvents(actions, stop), stop.signal, async () => undefined);
  // Resolves after all events had their turn.
  await engine.inTurn.run(nic.id, async () => undefined);
  expect(nic).toMatchObject({ state: 'claimed', claim });
  expect([links.link(`ovn-${nic.vlan}`), books()]).toEqual([pair, before]);
  await expect(enter(nic, await engine.vm(), { containerId: 'copy', pid: 1 })).rejects.toMatchObject({
    code: 'E_NIC_UNKNOWN',
  });
});
