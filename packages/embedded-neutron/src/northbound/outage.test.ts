import { expect, test, vi } from 'vitest';
import { startNorthbound } from '../../test/support/northbound.ts';
import { startCloud } from '../../test/support/test-cloud.ts';
import { Northbound } from './northbound.ts';

test('without its database the service answers reads, and answers 503 to changes until the database is back', async () => {
  await using nb = await startNorthbound();
  await using cloud = await startCloud({ nb, quiet: true });
  const create = () => cloud.call('alice', 'POST', 'networks', { network: { name: 'n' } });
  expect((await create()).status).toBe(201);
  await nb.stop();
  const refused = await create();
  expect([refused.status, refused.body.code]).toEqual([503, '503 Service Unavailable']);
  expect(refused.headers.get('Retry-After')).toBe('5');
  const list = await cloud.call('alice', 'GET', 'networks');
  expect(list.body.networks).toHaveLength(1);
  expect(list.headers.get('Warning')).toBe('111 - "Revalidation Failed"');
  await nb.start();
  await vi.waitFor(async () => expect((await create()).status).toBe(201), { timeout: 20_000 });
  // The refused change was not made later.
  const later = await cloud.call('alice', 'GET', 'networks');
  expect(later.body.networks).toHaveLength(2);
  expect(later.headers.get('Warning')).toBeNull();
  // The service can also be stopped while the database is away.
  await nb.stop();
});

test('requests of clients that hung up while the database did not answer are not carried out', async () => {
  await using nb = await startNorthbound();
  await using cloud = await startCloud({ nb, quiet: true });
  await cloud.token('alice');
  const create = (signal?: AbortSignal) =>
    cloud.call('alice', 'POST', 'networks', { network: { name: 'n' } }, {}, signal);
  const change = vi.spyOn(Northbound.prototype, 'change');
  const signals = () => change.mock.calls.map(([, options]) => options?.signal);
  nb.freeze();
  // The first request is sent to the database; the others wait for its answer.
  const sent = create();
  await expect.poll(() => signals().length).toBe(1);
  const clients = new AbortController();
  const abandoned = Array.from({ length: 20 }, () => create(clients.signal));
  await expect.poll(() => signals().length).toBe(21);
  clients.abort();
  expect((await Promise.allSettled(abandoned)).every(({ status }) => status === 'rejected')).toBe(true);
  await expect.poll(() => signals().filter((signal) => signal?.aborted)).toHaveLength(20);
  nb.thaw();
  expect((await sent).status).toBe(201);
  expect((await create()).status).toBe(201);
  expect((await cloud.call('alice', 'GET', 'networks')).body.networks).toHaveLength(2);
});
