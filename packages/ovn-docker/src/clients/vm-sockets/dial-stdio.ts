import { once } from 'node:events';
import type { Socket } from 'node:net';

/**
 * Connects standard input and output with a socket. The end of the input ends only the requests: the answers
 * still arrive. Resolves when the other side of the socket has sent everything, whether or not the input goes
 * on.
 */
export async function dialStdio(socket: Socket): Promise<void> {
  process.stdin.pipe(socket);
  socket.pipe(process.stdout, { end: false });
  await once(socket, 'end');
  process.stdin.destroy();
  socket.destroy();
}
