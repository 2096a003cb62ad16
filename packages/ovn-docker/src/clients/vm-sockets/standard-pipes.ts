import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Standard input and output as one stream. With OpenSSH's sshd they are one socket, otherwise two pipes. */
export function standardPipes(): Duplex {
  const [input, output] = [fstatSync(0), fstatSync(1)];
  return input.isSocket() && input.ino === output.ino
    ? new Socket({ fd: 0, readable: true, writable: true })
    : Duplex.from({ readable: process.stdin, writable: process.stdout });
}
