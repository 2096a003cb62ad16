import type { Turns } from '../queues/in-turn.ts';

/**
 * A lock as a stream: sends one line when the reader has the lock, which the reader keeps until it cancels. A
 * program that ends releases it.
 * @param closing ends the stream: an open stream would keep this agent alive and the next agent waiting
 */
export function lockStream(turns: Turns, closing?: AbortSignal): ReadableStream<Uint8Array> {
  const released = Promise.withResolvers<void>();
  let isReleased = false;
  const release = () => {
    isReleased = true;
    released.resolve();
  };
  return new ReadableStream({
    start(controller) {
      closing?.addEventListener('abort', () => {
        if (!isReleased) controller.close();
        release();
      });
      void turns.run(async () => {
        // A reader that has stopped waiting does not hold up the next one.
        if (!isReleased) controller.enqueue(new TextEncoder().encode('locked\n'));
        await released.promise;
      });
    },
    cancel: release,
  });
}
