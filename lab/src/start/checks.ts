import { createHash } from 'node:crypto';
import { LabError } from '../errors.ts';
import type { Commands, Machine } from '../machine/machine.ts';
import { waitFor } from '../machine/process.ts';

/** A container or a machine in which a check runs commands. */
export interface Place {
  readonly name: string;
  readonly address: string;
  run(
    command: readonly string[],
    options?: { input?: string; timeoutMs?: number },
  ): ReturnType<Machine['run']>;
}

/** Returns a machine as a place. Its commands are those of busybox, as in the containers. */
export function machinePlace(machine: Commands, address: string): Place {
  return {
    name: machine.name,
    address,
    run: (command, options) => machine.run(['busybox', ...command], options),
  };
}

/** Returns a container as a place. */
export function containerPlace(machine: Commands, id: string, address: string): Place {
  return {
    name: `a container in ${machine.name}`,
    address,
    run: (command, options) => machine.run(['docker', 'exec', '--interactive', id, ...command], options),
  };
}

/** Requires a condition. @throws LabError `LAB_CHECK` with the message if it is false */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new LabError('LAB_CHECK', message);
}

/**
 * Pings until the first answer, at most four times, then requires three answers in a row. The first packet
 * through a userspace tunnel is lost while ARP resolves the address of the tunnel's end.
 */
export async function checkPing(from: Place, to: Place): Promise<void> {
  const once = async () => (await from.run(['ping', '-c', '1', '-W', '1', to.address])).code === 0;
  for (let tries = 0; tries < 4 && !(await once()); tries++);
  const { code, stdout } = await from.run(['ping', '-c', '3', '-i', '0.2', '-W', '2', to.address]);
  const all = code === 0 && stdout.includes('3 packets received');
  check(all, `${from.name} cannot ping ${to.name} (${to.address}):\n${stdout.trim()}`);
}

/** Requires that three pings get no answer. */
export async function checkNoPing(from: Place, to: Place): Promise<void> {
  const { stdout } = await from.run(['ping', '-c', '3', '-i', '0.2', '-W', '1', to.address]);
  const isSilent = stdout.includes('100% packet loss');
  check(isSilent, `${from.name} reaches ${to.name} (${to.address}), but must not:\n${stdout.trim()}`);
}

const PAYLOAD_BYTES = 1_000_000;
const PORT = '8080';

/**
 * Transfers a megabyte by TCP and compares the received data, because ping does not detect wrong checksums.
 */
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
  check(code === 0, `${from.name} receives nothing by TCP from ${to.name} (${to.address}:${PORT})`);
  check(digest(stdout) === digest(payload), `the payload from ${to.name} arrived damaged at ${from.name}`);
  await server;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
