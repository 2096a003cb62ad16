import { randomInt } from 'node:crypto';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';
import { PLACE_BLOCKS, placeKey, portsByPlace, portsByProject } from '../northbound/port-indexes.ts';
import { quotaOf } from './quotas.ts';

/** The search for a free place considers this many places, and {@link PER_USED} for each one in use. */
const SPARE = 512;
const PER_USED = 8;
/** The number of free places that are passed over in search of a preferred one. */
const MAX_PASSED = 24;

/**
 * Takes a place in a project's quota for a new port: a number below the limit that no other port of the
 * project has. So the ports stay within the limit, although replicas that create ports at the same time do
 * not share a counter. Part of a plan.
 *
 * @returns null if the project has no limit
 * @throws NeutronError OverQuota
 */
export function takePlace(backend: Backend, tx: NbTransaction, projectId: string): number | null {
  const { nb } = backend;
  tx.watch('quota', projectId);
  const limit = quotaOf(backend, projectId)['port'] ?? -1;
  if (limit < 0) return null;
  const used = nb.view.count(portsByProject, projectId);
  if (used >= limit) throw neutronError('OverQuota', 'port');
  // Ports without a place below the limit exist if the limit is new or lower: then only counting is exact.
  if (countPlacesBelow(nb, projectId, limit, used) < used) tx.exclusive();
  const place = freePlace(nb, tx, projectId, limit, used);
  tx.claim('place', projectId, String(place));
  return place;
}

/** The number of ports that have a place below the limit; less only if it is less than `enough`. */
function countPlacesBelow(nb: Northbound, projectId: string, limit: number, enough: number): number {
  let count = 0;
  let next = 0;
  for (const size of [...PLACE_BLOCKS, 1]) {
    for (; next + size <= limit && count < enough; next += size) {
      count += nb.view.count(portsByPlace, placeKey(projectId, size, next));
    }
  }
  return count;
}

/** A place without a port. There is one, because the project has less ports than places. */
function freePlace(
  nb: Northbound,
  tx: NbTransaction,
  projectId: string,
  limit: number,
  used: number,
): number {
  const window = Math.min(limit, used * PER_USED + SPARE);
  const offset = randomInt(window);
  let free = -1;
  for (let step = 0, passed = 0; step < window && passed < MAX_PASSED; step++) {
    const place = (offset + step) % window;
    if (nb.view.count(portsByPlace, placeKey(projectId, 1, place)) > 0) continue;
    if (tx.prefers('place', projectId, String(place))) return place;
    if (free < 0) free = place;
    passed += 1;
  }
  return free;
}
