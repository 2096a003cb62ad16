import { createHash } from 'node:crypto';
import { LabError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { waitFor } from '../machine/process.ts';

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
 * Pings until the first answer, at most four times, then demands three in a row: the first packet through a userspace tunnel is lost while the
 * tunnel's own end is looked up by ARP.
 */
export async function checkPing(from: Place, to: Place): Promise<void> {
  const once = async () => (await from.run(['ping', '-c', '1', '-W', '1', to.address])).code === 0;
  for (let tries = 0; tries < 4 && !(await once()); tries++);
  const { code, stdout } = await from.run(['ping', '-c', '3', '-i', '0.2', '-W', '2', to.address]);
  const all = code === 0 && stdout.includes('3 packets received');
  check(all, `${from.name} cannot ping ${to.name} (${to.address}):\n${stdout.trim()}`);
}

/** Demands that not one of three pings is answered. */
export async function checkNoPing(from: Place, to: Place): Promise<void> {
  const { stdout } = await from.run(['ping', '-c', '3', '-i', '0.2', '-W', '1', to.address]);
  const none = stdout.includes('100% packet loss');
  check(none, `${from.name} reaches ${to.name} (${to.address}), which it must not:\n${stdout.trim()}`);
}

const PAYLOAD_BYTES = 1_000_000;
const PORT = '8080';

/** Sends a megabyte over TCP and compares what arrives: ping alone does not notice broken checksums. */
export async function checkTcp(from: Place, to: Place): Promise<void> {
  const payload = Buffer.alloc(PAYLOAD_BYTES, 'ovn-docker ').toString();
  const file = '/tmp/ovn-docker-payload';
  const serve = `cat > ${file}; nc -l -p ${PORT} -e cat ${file}; rm ${file}`;
  const server = to.run(['sh', '-c', serve], { input: payload, timeoutMs: 30_000 });
  await waitFor(`${to.name} to listen`, async () =>
    (await to.run(['netstat', '-ltn'])).stdout.includes(`:${PORT} `),
  );
  const { code, stdout } = await from.run(['nc', '-w', '10', to.address, PORT], {
    input: '',
    timeoutMs: 20_000,
  });
  check(code === 0, `${from.name} gets nothing by TCP from ${to.name} (${to.address}:${PORT})`);
  check(digest(stdout) === digest(payload), `the payload from ${to.name} arrived damaged at ${from.name}`);
  await server;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
