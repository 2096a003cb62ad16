import { connect } from 'node:net';
import { type HostileRequest, TOKEN } from './hostile-requests.ts';

/** A server that says nothing so long waits for the rest of the request, in milliseconds. */
const SILENCE_MS = 2000;
/** A server that says nothing so long after an answer has answered everything, in milliseconds. */
const PAUSE_MS = 100;

/**
 * Sends bytes on a new connection. Resolves with the status of each answer, when the server or the client has
 * ended the connection, or the server says nothing more.
 */
export function sendBytes(url: string, { bytes, hangUp }: HostileRequest, token: string): Promise<number[]> {
  const { hostname, port } = new URL(url);
  const content = Buffer.from(bytes).toString('latin1').replaceAll(TOKEN, token);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname);
    // Errors are part of the game: the server may reset the connection.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      socket.setTimeout(PAUSE_MS);
    });
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
      resolve(statuses);
    });
    socket.write(Buffer.from(content, 'latin1'), () => {
      if (hangUp) socket.destroy();
    });
  });
}
