import type { Duplex } from 'node:stream';

/**
 * Copies bytes between two streams in both directions. The end of one direction ends only that direction: a
 * program that closes its input still writes its output. An error of one stream ends the other.
 */
export function joinStreams(one: Duplex, other: Duplex): void {
  one.pipe(other).pipe(one);
  for (const [broken, partner] of [
    [one, other],
    [other, one],
  ] as const) {
    broken.on('error', () => partner.destroy());
    // A stream that closes before its end had no error, but it is not coming back.
    broken.once('close', () => {
      if (!broken.readableEnded) partner.destroy();
    });
  }
}
