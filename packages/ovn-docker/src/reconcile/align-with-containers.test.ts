import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { alignWithContainers } from './align-with-containers.ts';

it('ignores a NIC that is still being made, so that it gets one port only', async () => {
  const world = createWorld();
  const { engine, pool, neutron } = world;
  const call = neutron.hold('ports.create');
  const making = acquire(engine, { pool, wants: { name: '' }, claim: { label: 'a' } });
  await call.arrived;
  // The container exists and is not started: `ovn-docker run` creates it first.
  const labelled = new Map([['a', { id: 'c-1', label: 'a', isRunning: false }]]);
  const docker = { running: async () => undefined } as unknown as DockerEngine;
  await alignWithContainers(engine, docker, labelled);
  call.open();
  const nic = await making;
  expect([...neutron.ports.keys()]).toEqual([nic.port?.id]);
});
