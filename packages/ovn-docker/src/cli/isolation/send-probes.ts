import { setTimeout as sleep } from 'node:timers/promises';
import { COPIES, endFrame, probeFrame, probes, type Source } from './probes.ts';
import type { Target } from './target.ts';

/** A socket on the VM's uplink. */
interface Sender {
  send(frame: Buffer): void;
}

/** The pause between two frames, in milliseconds: a test is no flood. */
const PAUSE_MS = 10;

/** Sends {@link COPIES} frames of every kind, about two seconds in all, and frames that end the test. */
export async function sendProbes(uplink: Sender, source: Source, target: Target): Promise<void> {
  const frames = [...probes.map((_, index) => probeFrame(source, target, index)), endFrame(source, target)];
  for (const frame of frames) {
    for (let copy = 0; copy < COPIES; copy++) {
      uplink.send(frame);
      await sleep(PAUSE_MS);
    }
  }
}
