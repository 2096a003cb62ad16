import { createHash } from 'node:crypto';
import { LabError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';

/** Somewhere a command can run: a container of a VM, or a machine itself. */
export interface Place {
  readonly name: string;
  readonly address: string;
  run(
    command: readonly string[],
    options?: { input?: string; timeoutMs?: number },
  ): ReturnType<Machine['run']>;
}

/** A machine as a place; busybox serves as its tools, as in the containers. */
export function machinePlace(machine: Machine, address: string): Place {
  return {
    name: machine.name,
    address,
    run: (command, options) => machine.run(['busybox', ...command], options),
  };
}

/** A container as a place. */
export function containerPlace(machine: Machine, id: string, address: string): Place {
  return {
    name: `a container in ${machine.name}`,
    address,
    run: (command, options) => machine.run(['docker', 'exec', '--interactive', id, ...command], options),
  };
}

/** @throws LabError `LAB_CHECK` unless `condition` holds */
export function check(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new LabError('LAB_CHECK', otherwise);
}

/**
 * Pings until the first answer, then demands three in a row: the first packet through a userspace tunnel is lost while the
 * tunnel's own end is looked up by ARP.
 */
export async function checkPing(from: Place, to: Place): Promise<void> {
  await from.run(['ping', '-c', '5', '-W', '1', to.address]);
  const { code, stdout } = await from.run(['ping', '-c', '3', '-W', '2', to.address]);
  const all = code === 0 && stdout.includes('3 packets received');
  check(all, `${from.name} cannot ping ${to.name} (${to.address}):\n${stdout.trim()}`);
}

/** Demands that not one of three pings is answered. */
export async function checkNoPing(from: Place, to: Place): Promise<void> {
  const { stdout } = await from.run(['ping', '-c', '3', '-W', '1', to.address]);
  const none = stdout.includes('100% packet loss');
  check(none, `${from.name} reaches ${to.name} (${to.address}), which it must not:\n${stdout.trim()}`);
}

const PAYLOAD_BYTES = 1_000_000;
const PORT = '8080';

/** Fetches a megabyte over TCP and compares what arrives: ping alone does not notice broken checksums. */
export async function checkTcp(from: Place, to: Place): Promise<void> {
  const payload = Buffer.alloc(PAYLOAD_BYTES, 'ovn-docker ').toString();
  const directory = '/tmp/ovn-docker-payload';
  await to.run(['mkdir', '-p', directory]);
  await to.run(['dd', `of=${directory}/payload`, 'bs=64k'], { input: payload });
  const server = await to.run([
    'sh',
    '-c',
    `busybox httpd -p ${to.address}:${PORT} -h ${directory}; busybox pidof httpd`,
  ]);
  try {
    const { code, stdout, stderr } = await from.run([
      'wget',
      '-q',
      '-T',
      '10',
      '-O',
      '-',
      `http://${to.address}:${PORT}/payload`,
    ]);
    check(code === 0, `${from.name} gets nothing by TCP from ${to.name}: ${stderr.trim()}`);
    check(digest(stdout) === digest(payload), `the payload from ${to.name} arrived damaged at ${from.name}`);
  } finally {
    for (const pid of server.stdout.trim().split(/\s+/).filter(Boolean)) await to.run(['kill', pid]);
    await to.run(['rm', '-r', directory]);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
