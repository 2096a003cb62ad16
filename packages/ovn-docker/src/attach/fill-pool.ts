import type { AgentState } from '../nics/agent-state.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { attach } from './attach.ts';
import { release } from './release.ts';
import { roomFor } from './room-for.ts';

/** How long a pool that could not be filled is left alone, in milliseconds. */
const PAUSE_MS = 30_000;

/**
 * Fills a pool up to `to` warm NICs, batch by batch: one bulk request, one change of the trunk, one OVSDB transaction each.
 * A batch that fails is taken back whole and tried with half as many, so that what there is room for is made; when not even
 * one can be made, the pool is paused.
 * @returns how many were made
 */
export async function fillPool(pool: NicPool, state: AgentState, to = pool.marks.high): Promise<number> {
  let made = 0;
  let size = pool.marks.batch;
  while (size > 0 && pool.warm + pool.making < to) {
    const wanted = Math.min(size, to - pool.warm - pool.making);
    const { room, limit } = await roomFor(pool, state, wanted);
    if (room === 0) {
      pause(pool, `the reserve is reached: ${limit}`);
      break;
    }
    try {
      made += await makeWarm(pool, state, Math.min(wanted, room));
      pool.pause = undefined;
    } catch (error) {
      size = Math.floor(Math.min(wanted, room) / 2);
      if (size === 0) {
        pause(pool, (error as Error).message);
        throw error;
      }
    }
  }
  return made;
}

async function makeWarm(pool: NicPool, state: AgentState, count: number): Promise<number> {
  const vm = await state.vm();
  const nics = Array.from({ length: count }, (): Nic => {
    const id = crypto.randomUUID();
    const wants = { name: `docker-${id.slice(0, 8)}` };
    return { id, neutron: state.neutron, target: pool.target, wants, state: 'making' };
  });
  state.nics.add(...nics);
  pool.making += count;
  try {
    await attach(nics, vm, 'plug port');
    for (const nic of nics) pool.put(nic);
    return count;
  } catch (error) {
    state.nics.remove(...nics);
    const left = nics.filter(({ port, vlan }) => port !== undefined || vlan !== undefined);
    if (left.length > 0) await release(left, state);
    throw error;
  } finally {
    pool.making -= count;
  }
}

function pause(pool: NicPool, why: string): void {
  pool.pause = { until: Date.now() + PAUSE_MS, why };
}
