import { randomInt } from 'node:crypto';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import type { NbTransaction, Northbound } from '../northbound/northbound.ts';
import {
  blockKey,
  PLACES_IN_BLOCK,
  placeKey,
  portsByPlace,
  portsByProject,
} from '../northbound/port-indexes.ts';
import { quotaOf } from './quotas.ts';

/** The search for a free place considers at least this many more places than are in use. */
const SPARE = 512;

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
  const whole = Math.floor(limit / PLACES_IN_BLOCK);
  let count = 0;
  for (let block = 0; block < whole && count < enough; block++) {
    count += nb.view.count(portsByPlace, blockKey(projectId, block));
  }
  for (let place = whole * PLACES_IN_BLOCK; place < limit && count < enough; place++) {
    count += nb.view.count(portsByPlace, placeKey(projectId, place));
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
  const window = Math.min(limit, Math.ceil(used * 1.25) + SPARE);
  const offset = randomInt(window);
  let free = -1;
  for (let step = 0; step < window; step++) {
    const place = (offset + step) % window;
    if (nb.view.count(portsByPlace, placeKey(projectId, place)) > 0) continue;
    if (tx.prefers('place', projectId, String(place))) return place;
    if (free < 0) free = place;
  }
  return free;
}
