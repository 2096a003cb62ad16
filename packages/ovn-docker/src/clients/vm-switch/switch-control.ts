import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { OvnDockerError } from '../../errors.ts';

/** How long ovs-vswitchd may take to answer, in milliseconds. */
const ANSWER_MS = 2000;

/** Limit for an answer, in characters. */
const LONGEST_ANSWER = 2 ** 20;

/** ovs-vswitchd names its control socket after its process id; a killed one leaves its socket. */
const CONTROL_SOCKET = /^ovs-vswitchd\.\d+\.ctl$/;

/** Runs a command in ovs-vswitchd and returns what it prints. */
export type SwitchControl = (command: string, ...args: readonly string[]) => Promise<string>;

/**
 * Finds the ovs-vswitchd of this VM by its control socket, as ovs-appctl(8) does, without starting a process.
 * @param directory where ovs-vswitchd creates its sockets ({@link runDirectory})
 * @returns undefined if none listens there
 */
export async function findSwitchControl(directory: string): Promise<SwitchControl | undefined> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((each) => CONTROL_SOCKET.test(each))) {
    const socket = join(directory, name);
    if (await listens(socket)) return (command, ...args) => call(socket, command, args);
  }
  return undefined;
}

function listens(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path, () => resolve(true));
  socket.on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/**
 * One call of JSON-RPC 1.0, which ends with the answer's last brace: nothing separates messages (unixctl.man
 * in Open vSwitch).
 * @throws OvnDockerError `E_SWITCH`
 */
async function call(path: string, method: string, params: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(path, () => socket.write(JSON.stringify({ id: 0, method, params })));
  const fail = (reason: string) =>
    reject(
      new OvnDockerError('E_SWITCH', `ovs-vswitchd does not answer ${method} on ${path}: ${reason}`, {
        hint: '`systemctl restart openvswitch-switch`; /var/log/openvswitch/ovs-vswitchd.log has the reason',
      }),
    );
  const timer = setTimeout(() => fail(`no answer in ${ANSWER_MS} ms`), ANSWER_MS);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.length > LONGEST_ANSWER) fail(`more than ${LONGEST_ANSWER} characters`);
    const answer = chunk.endsWith('}') ? parsed(text) : undefined;
    if (answer?.error) fail(String(answer.error).trim());
    else if (answer) resolve(String(answer.result ?? ''));
  });
  socket.on('error', (error) => fail(error.message)).on('close', () => fail('it closed the connection'));
  return await promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

/** The answer; undefined while a part of it is missing. */
function parsed(text: string): { readonly result?: unknown; readonly error?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
