import { expect, it } from 'vitest';
import { testSchema } from '../../test/generated/test.ts';
import { describeBehaviour } from '../../test/support/behaviour.ts';
import { testSchema as json } from '../../test/support/test-schema.ts';
import { connect, openReplica, Transaction } from '../index.ts';
import { startMemoryServer } from './memory-server.ts';

describeBehaviour('the memory server', () => startMemoryServer({ schemas: [json] }));

describeBehaviour('a memory server that imitates OVS before 2.12', () =>
  startMemoryServer({ schemas: [json], without: ['monitor_cond_since'] }),
);

it('a replica uses the method monitor if the server imitates OVS before 2.6', async () => {
  const without = ['monitor_cond_since', 'monitor_cond', 'monitor_cond_change', 'set_db_change_aware'];
  await using server = await startMemoryServer({ schemas: [json], without });
  await using client = await connect({ remotes: server.remote });
  await using replica = await openReplica(client, testSchema, { Root: '*' });
  const t = replica.transaction();
  t.insert('Root', { name: 'a', words: ['x', 'y'] });
  await t.commit();
  await replica
    .transaction()
    .mutate('Root', { name: 'a' }, { delete: { words: ['x'] } })
    .commit();
  expect(replica.find('Root', { name: 'a' })[0]?.words).toEqual(['y']);
  await replica.transaction().delete('Root', { name: 'a' }).commit();
  expect(replica.rows('Root').size).toBe(0);
});

it('a client reconnects after the server has dropped the connection', async () => {
  await using server = await startMemoryServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote, backoff: { minMs: 1, maxMs: 5 } });
  await using replica = await openReplica(client, testSchema, { Root: '*' });
  const lock = await client.lock('L');
  const disconnected = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
  server.dropConnections();
  await disconnected;
  await replica.until((r) => r.synchronized);
  await lock.acquired;
  expect(client.connected).toBe(true);
});

it('the time to load a table grows linearly with the number of its rows', async () => {
  await using server = await startMemoryServer({ schemas: [json] });
  await using client = await connect({ remotes: server.remote, probeIntervalMs: 0 });
  const t = new Transaction(testSchema, client);
  for (let n = 0; n < 10_000; n++) t.insert('Root', { name: `${n}` });
  await t.commit();
  // Quadratic growth would take minutes, longer than the test's timeout.
  await using replica = await openReplica(client, testSchema, { Root: ['name'] });
  expect(replica.rows('Root').size).toBe(10_000);
});
