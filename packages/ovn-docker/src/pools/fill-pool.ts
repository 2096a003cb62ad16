import { type FailedCall, OpenStackError } from '@ovn-docker/openstack';
import { attach } from '../attach/attach.ts';
import { isAway, mayBeUnderWay } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import { release } from '../lifecycle/release.ts';
import { requireConfirmed } from '../lifecycle/require-confirmed.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { roomFor } from './room-for.ts';

/** How long a pool is left alone after it could not be filled, in milliseconds. */
const PAUSE_MS = 30_000;

/** Refusals after which a smaller batch can succeed. */
const MAY_FIT_IN_PARTS: readonly string[] = [
  'E_QUOTA',
  'E_SUBNET_EXHAUSTED',
  'E_VLANS_EXHAUSTED',
  'E_VLAN_SHARED',
  'E_API_FAILED',
];

/** Methods of the requests that make a batch: POST creates the ports, PUT adds them to the trunk. */
const MAKING: ReadonlySet<string> = new Set(['POST', 'PUT']);

/**
 * Fills a pool up to `to` warm NICs, batch by batch: one bulk request, one change of the trunk and one OVSDB
 * transaction each. If a batch fails, the agent rolls it back. If a smaller batch can succeed, the agent
 * tries again with half the size, so that the pool gets as many NICs as there is room for. If not even one
 * NIC can be made, the pool pauses. Stops when the pool is drained or closed. A second call waits for the
 * first one, then makes the NICs that are still missing.
 * @returns the number of NICs made
 */
export function fillPool(engine: Engine, pool: NicPool, to = pool.marks.high): Promise<number> {
  // Ends a pause, and a user's wish to keep the pool empty.
  pool.pause = undefined;
  return engine.inTurn.run(`filling ${pool.key}`, () => fill(engine, pool, to));
}

async function fill(engine: Engine, pool: NicPool, to: number): Promise<number> {
  // An earlier call may have paused the pool while this one waited.
  if (!pool.isHeldEmpty) pool.pause = undefined;
  let made = 0;
  let size = pool.marks.batch;
  const missing = () => (pool.isOpen && !pool.pause ? Math.min(size, to - pool.warm - pool.making) : 0);
  while (missing() > 0) {
    try {
      await requireConfirmed(engine);
      const { room, limit } = await roomFor(engine, pool, missing());
      if (room === 0) {
        pause(pool, `the reserve is reached: ${limit}`);
        break;
      }
      // The pool can be filled, drained or closed while Neutron is being asked.
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
      await attach(nics, vm, 'guard port');
      // Making them can take a real Neutron longer than the pool's idle time.
      pool.lastUsed = steadyNow();
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
 * Whether a smaller batch can succeed. Timeouts and 503s count too: Neutron created nothing, and the quota
 * request of the next batch shows whether it is back. Not when Neutron cannot be reached.
 */
function mayFitInParts(error: unknown): boolean {
  if (!(error instanceof OvnDockerError)) return false;
  const { code, cause } = error;
  if (MAY_FIT_IN_PARTS.includes(code)) return true;
  const isAnswered = cause instanceof OpenStackError && isAway(cause);
  return (isAnswered || mayBeUnderWay(cause)) && MAKING.has((cause as FailedCall).method);
}

/** Pauses the pool, unless a user's drain already keeps it empty for longer. */
function pause(pool: NicPool, why: string): void {
  const until = steadyNow() + PAUSE_MS;
  if ((pool.pause?.until ?? 0) < until) pool.pause = { until, why };
}
