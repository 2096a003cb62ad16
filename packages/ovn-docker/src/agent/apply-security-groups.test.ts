import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { applySecurityGroups } from './apply-security-groups.ts';

/** A Docker client that can only list containers: one runs, and its security groups label is `web`. */
const dockerWith = (id: string, endpoints: string[], labels: Record<string, string> = {}) =>
  ({
    containersWithLabel: async () => [{ id, label: 'web', isRunning: true, endpoints, labels }],
  }) as unknown as DockerEngine;

it('asks Neutron once for the groups of a container, and again after it has joined another network', async () => {
  const { engine, pool, neutron } = createWorld();
  const claimed = (endpointId: string) =>
    acquire(engine, { pool, wants: { name: '' }, claim: { endpointId } });
  const [first, second] = [await claimed('e-1'), await claimed('e-2')];
  const requests = () => neutron.calls.filter((call) => call === 'securityGroups.all').length;
  for (const _ of ['once', 'twice']) await applySecurityGroups(engine, dockerWith('c', ['e-1']));
  expect([requests(), first.port?.security_groups]).toEqual([1, ['default', 'web-id']]);
  for (const _ of ['once', 'twice']) await applySecurityGroups(engine, dockerWith('c', ['e-1', 'e-2']));
  expect([requests(), second.port?.security_groups]).toEqual([2, ['default', 'web-id']]);
});

it('a container that has another NIC’s label through `docker commit` does not change that NIC', async () => {
  const { engine, pool } = createWorld();
  const claim = { label: 'l', containerId: 'first' };
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim });
  await applySecurityGroups(engine, dockerWith('copy', [], { [containerLabels.nic]: 'l' }));
  expect(nic.port?.security_groups).toEqual(['default']);
  await applySecurityGroups(engine, dockerWith('first', [], { [containerLabels.nic]: 'l' }));
  expect(nic.port?.security_groups).toEqual(['default', 'web-id']);
});
