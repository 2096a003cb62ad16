import type { Http2Session } from 'node:http2';

/** The time between two questions, and the time for the answer, in milliseconds. */
const EVERY_MS = 15_000;

/**
 * Asks the other side regularly whether it is there (RFC 9113 §6.7), and destroys the session when it does
 * not answer until the next question: a VM that was switched off closes no connection.
 */
export function keepAlive(session: Http2Session, everyMs = EVERY_MS): void {
  let answered = true;
  const timer = setInterval(() => {
    if (session.destroyed) return;
    if (!answered) {
      session.destroy(new Error(`no answer for ${everyMs / 1000} seconds`));
      return;
    }
    answered = false;
    // It returns false for a session that is closing.
    session.ping(() => {
      answered = true;
    });
  }, everyMs);
  timer.unref();
  session.once('close', () => clearInterval(timer));
}
