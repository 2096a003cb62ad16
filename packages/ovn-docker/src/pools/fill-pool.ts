import { type FailedCall, OpenStackError } from '@ovn-docker/openstack';
import { attach } from '../attach/attach.ts';
import { isAway, mayBeUnderWay } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { roomFor } from './room-for.ts';

/** How long a pool that could not be filled is left alone, in milliseconds. */
const PAUSE_MS = 30_000;

/** Refusals after which fewer NICs may well be made. */
const MAY_FIT_IN_PARTS: readonly string[] = [
  'E_QUOTA',
  'E_SUBNET_EXHAUSTED',
  'E_VLANS_EXHAUSTED',
  'E_API_FAILED',
];

/** Methods of the calls that make a batch: the ports, and their places on the trunk. */
const MAKING: ReadonlySet<string> = new Set(['POST', 'PUT']);

/**
 * Fills a pool up to `to` warm NICs, batch by batch: one bulk request, one change of the trunk, one OVSDB transaction each.
 * A batch that fails is taken back whole and, where that can help, tried with half as many, so that what there is room for is
 * made; when not even one can be made, the pool is paused. Ends early when somebody drains or closes the pool meanwhile. Who comes
 * while somebody else fills it waits, and makes what did not come of that.
 * @returns how many were made
 */
export function fillPool(engine: Engine, pool: NicPool, to = pool.marks.high): Promise<number> {
  // Nobody wants it empty any more, until somebody says so again.
  pool.pause = undefined;
  return engine.inTurn.run(`filling ${pool.key}`, () => fill(engine, pool, to));
}

async function fill(engine: Engine, pool: NicPool, to: number): Promise<number> {
  // What kept the one before from it may be over.
  if (!pool.isHeldEmpty) pool.pause = undefined;
  let made = 0;
  let size = pool.marks.batch;
  const missing = () => (pool.isOpen && !pool.pause ? Math.min(size, to - pool.warm - pool.making) : 0);
  while (missing() > 0) {
    try {
      const { room, limit } = await roomFor(engine, pool, missing());
      if (room === 0) {
        pause(pool, `the reserve is reached: ${limit}`);
        break;
      }
      // Others may have filled, drained or closed it while Neutron was asked.
      size = Math.min(missing(), room);
      if (size > 0) made += await makeWarm(engine, pool, size);
    } catch (error) {
      size = mayFitInParts(error) ? Math.floor(size / 2) : 0;
      if (size > 0) continue;
      pause(pool, (error as Error).message);
      throw error;
    }
  }
  return made;
}

function makeWarm(engine: Engine, pool: NicPool, count: number): Promise<number> {
  return pool.putWhenMade(count, async () => {
    const vm = await engine.vm();
    const nics = Array.from({ length: count }, (): Nic => {
      const id = crypto.randomUUID();
      const wants = { name: `docker-${id.slice(0, 8)}` };
      return { id, neutron: engine.neutron, target: pool.target, wants, state: 'making' };
    });
    engine.nics.add(...nics);
    try {
      await attach(nics, vm, 'plug port');
      // With a real Neutron that may have taken longer than what nobody needs is kept.
      pool.lastUsed = Date.now();
      return nics;
    } catch (error) {
      engine.nics.remove(...nics);
      const left = nics.filter(({ port, vlan }) => port !== undefined || vlan !== undefined);
      if (left.length > 0) await release(engine, left);
      throw error;
    }
  });
}

/**
 * Also what took too long together, or came at a bad moment: of that Neutron has given nothing, and what is asked first of the
 * next batch shows whether it answers again. A Neutron that is away is asked once.
 */
function mayFitInParts(error: unknown): boolean {
  if (!(error instanceof OvnDockerError)) return false;
  const { code, cause } = error;
  if (MAY_FIT_IN_PARTS.includes(code)) return true;
  const isAnswered = cause instanceof OpenStackError && isAway(cause);
  return (isAnswered || mayBeUnderWay(cause)) && MAKING.has((cause as FailedCall).method);
}

/** Who drained it by hand wants it empty for longer. */
function pause(pool: NicPool, why: string): void {
  const until = Date.now() + PAUSE_MS;
  if ((pool.pause?.until ?? 0) < until) pool.pause = { until, why };
}
