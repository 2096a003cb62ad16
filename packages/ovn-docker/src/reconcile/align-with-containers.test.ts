import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { alignWithContainers } from './align-with-containers.ts';

it('a NIC that is still being made is left to who makes it: there is one port of it', async () => {
  const world = createWorld();
  const { engine, pool, neutron } = world;
  const held = neutron.hold('ports.create');
  const making = acquire(engine, { pool, wants: { name: '' }, claim: { label: 'a' } });
  await held.arrived;
  // The container is there, not started: the command line wrapper creates it first.
  const labelled = new Map([['a', { id: 'c-1', label: 'a', isRunning: false }]]);
  const docker = { pidOf: async () => undefined } as unknown as DockerEngine;
  await alignWithContainers(engine, docker, labelled);
  held.open();
  const nic = await making;
  expect([...neutron.ports.keys()]).toEqual([nic.port?.id]);
});
