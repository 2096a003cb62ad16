import { OpenStackConnectionError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { lost, refusal } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { drainPool } from './drain-pool.ts';
import { fillPool } from './fill-pool.ts';

const NOTHING = { ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 };
const of = (count: number) => ({
  ports: count,
  subports: count,
  rows: count,
  links: count,
  vlans: count,
  nics: count,
});

it('fills up to the high mark in batches, and drains to nothing', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 10, batch: 4 } });
  expect(await fillPool(engine, pool)).toBe(10);
  expect([pool.warm, pool.making, books()]).toEqual([10, 0, of(10)]);
  expect(neutron.calls.filter((call) => call === 'ports.createMany')).toHaveLength(3);
  expect([await drainPool(engine, pool), books()]).toEqual([10, NOTHING]);
});

it('9. quota reached in the middle of a bulk: halves until it fits, and makes what there is room for', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 8, batch: 8 } });
  neutron.fail('ports.createMany', refusal(409, 'OverQuota'));
  neutron.fail('ports.createMany', refusal(500, ''));
  expect(await fillPool(engine, pool)).toBe(8);
  expect(books()).toEqual(of(8));
});

it('pauses, and leaves nothing, when not even one can be made', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { batch: 2 } });
  neutron.fail('ports.createMany', refusal(409, 'OverQuota'));
  neutron.fail('ports.create', refusal(409, 'OverQuota'));
  await expect(fillPool(engine, pool)).rejects.toMatchObject({ code: 'E_QUOTA' });
  expect([pool.pause?.why, pool.making, books()]).toEqual([expect.stringContaining('OverQuota'), 0, NOTHING]);
});

it('asks a Neutron that is away once, and pauses', async () => {
  const { pool, engine, neutron } = createWorld();
  neutron.away = lost('not-sent');
  await expect(fillPool(engine, pool)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  expect([neutron.calls.length, pool.pause !== undefined]).toEqual([1, true]);
});

it('7. an answer to a bulk request that was lost: what it made is found and kept', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 4, batch: 4 } });
  neutron.fail('ports.createMany', lost(), { isCarriedOut: true });
  expect([await fillPool(engine, pool), books()]).toEqual([4, of(4)]);
  expect(neutron.calls.filter((call) => call === 'ports.createMany')).toHaveLength(1);
});

it.each([
  ['times out', lost()],
  ['is given up by a proxy', refusal(504, '')],
  ['comes at a bad moment', refusal(503, '')],
])('a bulk request that %s and makes nothing: tried with half as many', async (_how, error) => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 2, batch: 2 } });
  neutron.fail('ports.createMany', error);
  expect([await fillPool(engine, pool), books()]).toEqual([2, of(2)]);
  expect(neutron.calls.filter((call) => call === 'ports.create')).toHaveLength(2);
});

it('a change of the trunk whose answer is lost again and again: tried with half as many', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 2, batch: 2 } });
  const call = { method: 'PUT', url: 'http://neutron' };
  const timeout = new OpenStackConnectionError('OPENSTACK_UNAVAILABLE', call, 'unknown', 'no answer');
  for (let time = 0; time < 3; time++) neutron.fail('trunks.addSubports', timeout);
  expect([await fillPool(engine, pool), books()]).toEqual([2, of(2)]);
});

it('a proxy answers for a Neutron that is down: asked once, and paused', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 2, batch: 2 } });
  const held = neutron.hold('ports.createMany');
  const filling = expect(fillPool(engine, pool)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  await held.arrived;
  neutron.away = refusal(503, '');
  held.open();
  await filling;
  expect(neutron.calls.filter((call) => call.startsWith('ports.create'))).toEqual(['ports.createMany']);
  expect(books()).toMatchObject({ rows: 0, links: 0 });
});

it('two at a time do not fill it beyond its mark', async () => {
  const { pool, engine, books } = createWorld({ marks: { high: 6, batch: 6 } });
  const made = await Promise.all([fillPool(engine, pool), fillPool(engine, pool)]);
  expect([made[0] + made[1], books()]).toEqual([6, of(6)]);
});

it('24. drained by hand while it is being filled: nothing of it is left, and it stays paused', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 8, batch: 4 } });
  const held = neutron.hold('ports.createMany');
  const filling = fillPool(engine, pool);
  await held.arrived;
  pool.pause = { until: Number.POSITIVE_INFINITY, why: 'drained by hand' };
  const draining = drainPool(engine, pool);
  held.open();
  expect([await filling, await draining]).toEqual([4, 4]);
  expect([pool.pause.why, books()]).toEqual(['drained by hand', NOTHING]);
});

it('24. its network is removed while Neutron is asked for room: nothing more is made', async () => {
  const { pool, engine, neutron, books } = createWorld();
  const held = neutron.hold('quotaDetails');
  const filling = fillPool(engine, pool);
  await held.arrived;
  engine.pools.remove(pool);
  await drainPool(engine, pool);
  held.open();
  expect([await filling, books()]).toEqual([0, NOTHING]);
});

it('14. drained while Neutron is away: what is in the VM goes at once, the VLANs stay used', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 3 } });
  await fillPool(engine, pool);
  neutron.away = lost('not-sent');
  expect(await drainPool(engine, pool)).toBe(3);
  expect(books()).toEqual({ ports: 3, subports: 3, rows: 0, links: 0, vlans: 3, nics: 3 });
});
