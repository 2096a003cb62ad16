import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { booksOf, createWorld, subnetOf } from '../../test/support/world.ts';
import { portTags } from '../clients/neutron/port-tags.ts';
import { acquire } from './acquire.ts';
import { finish } from './finish.ts';
import { differInGroups, replaceSecurityGroups } from './replace-security-groups.ts';

it('differInGroups: true for the same network and subnets with other groups', () => {
  const { target } = createWorld();
  const grouped = { ...target, securityGroups: ['web'] };
  expect(differInGroups(target, grouped)).toBe(true);
  expect(differInGroups(target, target)).toBe(false);
  expect(differInGroups(target, { ...grouped, subnets: [subnetOf('other', '10.1.0.0/24')] })).toBe(false);
});

it('the port stays and has the groups of the target; the NIC is not reused', async () => {
  const { engine, target, pool, neutron, books } = createWorld();
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'a' } });
  const portId = nic.port?.id ?? '';
  // No request names an address: members may not do that on a network of another project.
  const change = (id: string, body: object) => {
    const port = { ...neutron.ports.get(id), ...body } as Port;
    neutron.ports.set(id, port);
    return port;
  };
  const updates: object[] = [];
  Object.assign(engine.neutron.ports, {
    update: async (id: string, body: object) => {
      updates.push(body);
      return change(id, body);
    },
    replaceTags: async (id: string, tags: string[]) => change(id, { tags }).tags,
  });
  await replaceSecurityGroups(engine, nic, { ...target, securityGroups: ['web'] });
  expect(updates).toEqual([{ security_groups: ['web'] }]);
  expect(nic).toMatchObject({ port: { id: portId, security_groups: ['web'] }, isSpent: true });
  expect(neutron.ports.get(portId)?.tags).not.toContain(portTags.plain);
  await finish(engine, nic);
  expect(books()).toEqual(booksOf(0));
});
