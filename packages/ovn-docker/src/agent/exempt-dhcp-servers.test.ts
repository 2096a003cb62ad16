import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import { exemptDhcpServers } from './exempt-dhcp-servers.ts';

/** A Docker client that can only list containers: one runs, with this value of the label. */
const dockerWith = (label: string, endpoints: string[]) =>
  ({
    containersWithLabel: async () => [{ id: 'c', label, isRunning: true, endpoints, labels: {} }],
  }) as unknown as DockerEngine;

it('scenario 38: a container with the label may serve DHCP, and the next container on its NIC may not', async () => {
  const { engine, pool, vmSwitch, target } = createWorld();
  const claim = { endpointId: 'e' };
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim });
  const note = () => vmSwitch.port(interfaceNames(nic.vlan).vmEnd)?.externalIds[rowKeys.dhcpServer];
  await exemptDhcpServers(engine, dockerWith('false', ['e']));
  await exemptDhcpServers(engine, dockerWith('true', ['another']));
  await exemptDhcpServers(engine, dockerWith('yes', ['e']));
  expect(note()).toBeUndefined();
  // As Docker reads booleans.
  await exemptDhcpServers(engine, dockerWith('True', ['e']));
  expect(note()).toBe('true');
  await finish(engine, nic);
  await engine.pools.get(target)?.whenMade();
  expect([pool.warm, note()]).toEqual([1, undefined]);
});
