import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { LabError } from '../errors.ts';
import type { CommandResult } from '../machine/machine.ts';

/** Longest piece of a typed line: the guest's terminal reads lines of at most 4,095 bytes (termios(3)). */
const PIECE = 3000;

/**
 * Types a command at a serial console, where a shell of root waits, and returns what it prints. It works
 * when the guest's network does not. Standard output and standard error arrive together.
 *
 * @param socket path of QEMU's Unix socket for the serial port
 * @throws LabError `LAB_TIMEOUT`
 */
export async function typeAtConsole(
  socket: string,
  command: string,
  timeoutMs = 60_000,
): Promise<CommandResult> {
  const mark = randomBytes(4).toString('hex');
  // In base64 nothing of the command has a meaning for the terminal. The echo of the typed lines contains
  // "B""EG", the output of the command "BEG".
  const encoded = Buffer.from(command).toString('base64');
  const pieces = encoded.match(new RegExp(`.{1,${PIECE}}`, 'g')) ?? [];
  const lines = [
    'stty -echo; PS1=; PS2=; export SYSTEMD_PAGER=cat PAGER=cat',
    'C=',
    ...pieces.map((piece) => `C="\${C}${piece}"`),
    `echo B"EG"${mark}; (eval "$(echo "$C" | base64 -d)") < /dev/null 2>&1; echo E"ND"${mark}:$?`,
  ];
  const client = connect(socket);
  const timer = setTimeout(() => client.destroy(timeout()), timeoutMs);
  const timeout = () => new LabError('LAB_TIMEOUT', `the serial console of the guest did not answer in time`);
  try {
    client.write(`\n${lines.join('\n')}\n`);
    let output = '';
    for await (const part of client) {
      output += String(part);
      const found = new RegExp(`BEG${mark}\\r?\\n([^]*)END${mark}:(\\d+)`).exec(output);
      if (found) return { code: Number(found[2]), stdout: (found[1] ?? '').replaceAll('\r', ''), stderr: '' };
    }
    throw timeout();
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}
