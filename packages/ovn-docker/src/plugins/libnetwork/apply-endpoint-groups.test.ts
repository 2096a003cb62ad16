import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { booksOf, createWorld } from '../../../test/support/world.ts';
import { acquire } from '../../lifecycle/acquire.ts';
import { finish } from '../../lifecycle/finish.ts';
import { fillPool } from '../../pools/fill-pool.ts';
import { applyEndpointGroups } from './apply-endpoint-groups.ts';

async function createScene() {
  const world = createWorld({ marks: { low: 1, high: 1 } });
  const { engine, pool, neutron } = world;
  await fillPool(engine, pool);
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim: { endpointId: 'e' } });
  const change = (id: string, body: object) => {
    const port = { ...neutron.ports.get(id), ...body } as Port;
    neutron.ports.set(id, port);
    return port;
  };
  Object.assign(engine.neutron.ports, {
    update: async (id: string, body: object) => change(id, body),
    replaceTags: async (id: string, tags: string[]) => change(id, { tags }).tags,
  });
  return { ...world, nic };
}

it('scenario 48: a warm NIC has the groups of its endpoint, and no other container gets it afterwards', async () => {
  const { engine, nic, neutron, books } = await createScene();
  for (const _ of ['once', 'twice']) await applyEndpointGroups(engine, nic, ['db', 'web']);
  expect(neutron.ports.get(nic.port.id)?.security_groups).toEqual(['db', 'web']);
  await finish(engine, nic);
  expect(books()).toEqual(booksOf(0));
});

it('scenario 48: without groups of its own, the endpoint keeps a warm NIC', async () => {
  const { engine, nic } = await createScene();
  await applyEndpointGroups(engine, nic, []);
  expect([nic.port.security_groups, nic.isSpent]).toEqual([['default'], undefined]);
});

it('scenario 48: when Neutron refuses the groups, nothing of the NIC is left', async () => {
  const { engine, nic, books } = await createScene();
  Object.assign(engine.neutron.ports, { update: () => Promise.reject(new Error('refused')) });
  await expect(applyEndpointGroups(engine, nic, ['db'])).rejects.toThrow('refused');
  expect(books()).toEqual(booksOf(0));
});

it('scenario 48: a port that existed before keeps its groups: the endpoint is refused', async () => {
  const { engine, nic, books } = await createScene();
  nic.wants = { name: '', existing: nic.port };
  await expect(applyEndpointGroups(engine, nic, ['db'])).rejects.toMatchObject({ code: 'E_NETWORK_OPTION' });
  expect([nic.port.security_groups, books()]).toEqual([['default'], booksOf(1)]);
});
