import { expect, test, vi } from 'vitest';
import { startNorthbound } from '../../test/support/northbound.ts';
import { startCloud } from '../../test/support/test-cloud.ts';

test('without its database the service answers reads, and answers 503 to changes until the database is back', async () => {
  await using nb = await startNorthbound();
  await using cloud = await startCloud({ nb, quiet: true });
  const create = () => cloud.call('alice', 'POST', 'networks', { network: { name: 'n' } });
  expect((await create()).status).toBe(201);
  await nb.stop();
  const refused = await create();
  expect([refused.status, refused.body.code]).toEqual([503, '503 Service Unavailable']);
  expect((await cloud.call('alice', 'GET', 'networks')).body.networks).toHaveLength(1);
  await nb.start();
  await vi.waitFor(async () => expect((await create()).status).toBe(201), { timeout: 20_000 });
  // The refused change was not made later.
  expect((await cloud.call('alice', 'GET', 'networks')).body.networks).toHaveLength(2);
  // The service can also be stopped while the database is away.
  await nb.stop();
});
