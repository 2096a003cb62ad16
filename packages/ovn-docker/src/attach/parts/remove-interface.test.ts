import { constants } from 'node:os';
import { NetlinkError } from '@ovn-docker/netlink';
import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { acquire } from '../../lifecycle/acquire.ts';
import { renew } from '../../lifecycle/renew.ts';
import { interfaceNames } from '../../nics/names.ts';
import { readAlias } from '../../nics/pair-alias.ts';
import { fillPool } from '../../pools/fill-pool.ts';
import { removeInterface } from './remove-interface.ts';

it('removes an interface; a second call changes nothing', () => {
  const { links, vm } = createWorld();
  links.createVeth({ name: 'ovn-1', peer: { name: 'ovn-1c', mac: '02:00:00:00:00:01' } });
  removeInterface(vm, 'ovn-1');
  expect(links.byName.size).toBe(0);
  removeInterface(vm, 'ovn-1');
});

it('reports every other refusal of the kernel', () => {
  const { links, vm } = createWorld();
  links.deleteLink = () => {
    throw new NetlinkError({ operation: 'delete link ovn-1', errno: constants.errno.EPERM });
  };
  expect(() => removeInterface(vm, 'ovn-1')).toThrow(expect.objectContaining({ code: 'EPERM' }));
});

it('a pair that the kernel deletes with its namespace during renewal is made again', async () => {
  const { links, pool, engine, vm } = createWorld();
  await fillPool(engine, pool, 1);
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'a' } });
  const { vmEnd } = interfaceNames(nic.vlan ?? 0);
  const deleteLink = links.deleteLink.bind(links);
  // The kernel deletes the pair first, after the agent has seen it.
  links.deleteLink = (name) => {
    if (links.byName.has(name)) deleteLink(name);
    deleteLink(name);
  };
  await renew(nic, vm);
  expect(readAlias(links.byName.get(vmEnd)?.alias)?.portId).toBe(nic.port?.id);
});
