import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { COPIES, kindOf, probes } from './probes.ts';
import type { Target } from './target.ts';

/** A socket on the VM's uplink. */
interface Receiver {
  receive(): { readonly bytes: Buffer; readonly isSent: boolean } | undefined;
}

/** What became of one kind of frame. */
export interface ProbeResult {
  readonly name: string;
  readonly arrived: number;
  readonly sent: number;
  readonly expected: 'arrive' | 'be dropped';
  readonly ok: boolean;
}

const PAUSE_MS = 20;
/** The number of frames that are read before the clock and other work have their turn. */
const FRAMES_PER_TURN = 500;

/**
 * Counts the frames of a test on the uplink until the one that ends it, or until the time is up.
 * @returns undefined when no ordinary frame arrived: then the others prove nothing
 */
export async function receiveProbes(
  uplink: Receiver,
  target: Target,
  milliseconds: number,
): Promise<readonly ProbeResult[] | undefined> {
  const counts = probes.map(() => 0);
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    const { isOver, isEmpty } = readSome(uplink, target, counts);
    if (isOver) break;
    await (isEmpty ? sleep(PAUSE_MS) : nextTurn());
  }
  const results = probes.map(({ name, mustArrive }, index): ProbeResult => {
    const arrived = counts[index] ?? 0;
    const expected = mustArrive ? 'arrive' : 'be dropped';
    return { name, arrived, sent: COPIES, expected, ok: mustArrive ? arrived > 0 : arrived === 0 };
  });
  return results.some(({ expected, ok }) => expected === 'arrive' && ok) ? results : undefined;
}

/**
 * Reads what has arrived, at most {@link FRAMES_PER_TURN} frames: on a busy uplink, frames arrive as fast as
 * they are read.
 */
function readSome(uplink: Receiver, target: Target, counts: number[]): { isOver: boolean; isEmpty: boolean } {
  let isOver = false;
  for (let frames = 0; frames < FRAMES_PER_TURN; frames++) {
    const next = uplink.receive();
    if (next === undefined) return { isOver, isEmpty: true };
    const kind = next.isSent ? undefined : kindOf(next.bytes, target);
    if (kind === 'end') isOver = true;
    else if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return { isOver, isEmpty: false };
}
