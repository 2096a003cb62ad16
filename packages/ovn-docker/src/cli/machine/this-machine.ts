import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Rtnetlink } from '@ovn-docker/netlink';
import { BridgeSetup } from '../../clients/vm-switch/bridge-setup.ts';
import { OvnDockerError } from '../../errors.ts';
import { Files } from './files.ts';
import type { Machine } from './machine.ts';

/** How long a program may run, in ms: `ifup` without a DHCP server and a start of the agent take a minute. */
const PROGRAM_MS = 150_000;
const CONNECT_MS = 5000;
const PAUSE_MS = 200;

/** The machine of this process. */
export function thisMachine({ isBooting = false } = {}): Machine & Disposable {
  const netlink = Rtnetlink.open();
  return {
    files: new Files(),
    netlink,
    hasSystemd: existsSync('/run/systemd/system'),
    isBooting,
    withBridges: async (remote, work) => {
      await using bridges = await BridgeSetup.open(remote);
      return await work(bridges);
    },
    run,
    reach,
    pause: () => pause(PAUSE_MS),
    [Symbol.dispose]: () => netlink.close(),
  };
}

async function run(program: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: PROGRAM_MS, maxBuffer: 2 ** 20 });
    return stdout;
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: string | number };
    const reason =
      stderr.trim().split('\n').at(-1) || (code === undefined ? 'it takes too long' : String(code));
    const message = `\`${[program, ...args].join(' ')}\` failed: ${reason.slice(0, 300)}`;
    throw new OvnDockerError('E_COMMAND', message, { cause: error });
  }
}

async function reach(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
  const signal = AbortSignal.timeout(CONNECT_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      signal.addEventListener('abort', () => reject(new Error(`no answer within ${CONNECT_MS / 1000} s`)));
    });
  } finally {
    socket.destroy();
  }
}
