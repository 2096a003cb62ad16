import { OpenStackConnectionError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { lost, refusal } from '../../test/support/fake-neutron.ts';
import { booksOf, createWorld } from '../../test/support/world.ts';
import { drainPool } from './drain-pool.ts';
import { fillPool } from './fill-pool.ts';

const NOTHING = booksOf(0);

it('fills up to the high mark in batches, and drains to nothing', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 10, batch: 4 } });
  expect(await fillPool(engine, pool)).toBe(10);
  expect([pool.warm, pool.making, books()]).toEqual([10, 0, booksOf(10)]);
  expect(neutron.calls.filter((call) => call === 'ports.createMany')).toHaveLength(3);
  expect([await drainPool(engine, pool), books()]).toEqual([10, NOTHING]);
});

it('scenario 9: if a bulk request exceeds the quota, the batch is halved until it fits', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 8, batch: 8 } });
  neutron.fail('ports.createMany', refusal(409, 'OverQuota'));
  neutron.fail('ports.createMany', refusal(500, ''));
  expect(await fillPool(engine, pool)).toBe(8);
  expect(books()).toEqual(booksOf(8));
});

it('pauses and leaves nothing when not even one NIC can be made', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { batch: 2 } });
  neutron.fail('ports.createMany', refusal(409, 'OverQuota'));
  neutron.fail('ports.create', refusal(409, 'OverQuota'));
  await expect(fillPool(engine, pool)).rejects.toMatchObject({ code: 'E_QUOTA' });
  expect([pool.pause?.why, pool.making, books()]).toEqual([expect.stringContaining('OverQuota'), 0, NOTHING]);
});

it('pauses after one request that Neutron does not answer', async () => {
  const { pool, engine, neutron } = createWorld();
  neutron.away = lost('not-sent');
  await expect(fillPool(engine, pool)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  expect([neutron.calls.length, pool.pause !== undefined]).toEqual([1, true]);
});

it('scenario 7: if the answer to a bulk request is lost, the ports that it created are found and kept', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 4, batch: 4 } });
  neutron.fail('ports.createMany', lost(), { isCarriedOut: true });
  expect([await fillPool(engine, pool), books()]).toEqual([4, booksOf(4)]);
  expect(neutron.calls.filter((call) => call === 'ports.createMany')).toHaveLength(1);
});

it.each([
  ['times out', lost()],
  ['gets 504 from a proxy', refusal(504, '')],
  ['gets 503', refusal(503, '')],
])('a bulk request that %s and creates nothing is tried again at half its size', async (_how, error) => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 2, batch: 2 } });
  neutron.fail('ports.createMany', error);
  expect([await fillPool(engine, pool), books()]).toEqual([2, booksOf(2)]);
  expect(neutron.calls.filter((call) => call === 'ports.create')).toHaveLength(2);
});

it('a change of the trunk that gets no answer three times is tried again at half its size', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 2, batch: 2 } });
  const call = { method: 'PUT', url: 'http://neutron' };
  const timeout = new OpenStackConnectionError('OPENSTACK_UNAVAILABLE', call, 'unknown', 'no answer');
  for (let time = 0; time < 3; time++) neutron.fail('trunks.addSubports', timeout);
  expect([await fillPool(engine, pool), books()]).toEqual([2, booksOf(2)]);
});

it('while a proxy answers 503 for Neutron, one batch is tried and the pool pauses', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 2, batch: 2 } });
  const createCall = neutron.hold('ports.createMany');
  const filling = expect(fillPool(engine, pool)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  await createCall.arrived;
  neutron.away = refusal(503, '');
  createCall.open();
  await filling;
  expect(neutron.calls.filter((call) => call.startsWith('ports.create'))).toEqual(['ports.createMany']);
  expect(books()).toMatchObject({ rows: 0, links: 0 });
});

it('two calls at the same time do not fill the pool above its high mark', async () => {
  const { pool, engine, books } = createWorld({ marks: { high: 6, batch: 6 } });
  const made = await Promise.all([fillPool(engine, pool), fillPool(engine, pool)]);
  expect([made[0] + made[1], books()]).toEqual([6, booksOf(6)]);
});

it('scenario 24: a pool that is drained while it is being filled ends empty and stays paused', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 8, batch: 4 } });
  const call = neutron.hold('ports.createMany');
  const filling = fillPool(engine, pool);
  await call.arrived;
  pool.pause = { until: Number.POSITIVE_INFINITY, why: 'drained by hand' };
  const draining = drainPool(engine, pool);
  call.open();
  expect([await filling, await draining]).toEqual([4, 4]);
  expect([pool.pause.why, books()]).toEqual(['drained by hand', NOTHING]);
});

it('scenario 24: a pool that is removed while Neutron reports the quota gets no more NICs', async () => {
  const { pool, engine, neutron, books } = createWorld();
  const call = neutron.hold('quotaDetails');
  const filling = fillPool(engine, pool);
  await call.arrived;
  engine.pools.remove(pool);
  await drainPool(engine, pool);
  call.open();
  expect([await filling, books()]).toEqual([0, NOTHING]);
});

it('scenario 14: draining while Neutron is away deletes what is in the VM; the VLANs stay used', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 3 } });
  await fillPool(engine, pool);
  neutron.away = lost('not-sent');
  expect(await drainPool(engine, pool)).toBe(3);
  expect(books()).toEqual({ ports: 3, subports: 3, rows: 0, links: 0, vlans: 3, nics: 3 });
});
