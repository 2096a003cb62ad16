import { type CommandResult, management, openLab, waitFor } from '@ovn-docker/lab';
import type { GuestVm } from './guest-vm.ts';

/** The result of one run of iperf3 --json, as far as the tests look at it. */
interface Iperf {
  readonly intervals: readonly { readonly sum: { readonly bytes: number } }[];
  readonly error?: string;
}

/** A TCP stream between the physical machine and the VM itself. */
export interface Stream {
  hasEnded(): boolean;
  /** Waits for the end and returns the bytes of each interval of two seconds. */
  intervals(): Promise<number[]>;
}

/** A stream as fast as it can be leaves an emulated VM no time for containers. */
const BITRATE = '20M';

/** Starts a stream of `seconds` from the physical machine to the VM, or from the VM with `reverse`. */
export async function startStream(vm: GuestVm, seconds: number, { reverse = false } = {}): Promise<Stream> {
  const port = reverse ? '5202' : '5201';
  await vm.guest.must(['iperf3', '--server', '--one-off', '--daemon', '--port', port]);
  // The server detaches from its terminal before it listens, and a client that comes too early gives up.
  const listens = async () =>
    (await vm.guest.must(['ss', '--no-header', '--listening', '--tcp', `sport = :${port}`])) !== '';
  await waitFor(`iperf3 to listen on port ${port}`, listens);
  const direction = reverse ? ['--reverse'] : [];
  const options = [
    '--json',
    '--interval',
    '2',
    '--time',
    String(seconds),
    '--bitrate',
    BITRATE,
    ...direction,
  ];
  const client = openLab(vm.lab.name)
    .machine('phys')
    .run(['iperf3', '--client', vm.guest.port.address, '--port', port, ...options], {
      timeoutMs: (seconds + 60) * 1000,
    });
  let ended = false;
  void client.then(() => {
    ended = true;
  });
  return { hasEnded: () => ended, intervals: async () => intervalsOf(await client) };
}

function intervalsOf({ stdout, stderr }: CommandResult): number[] {
  const { intervals, error } = JSON.parse(stdout) as Iperf;
  if (error !== undefined) throw new Error(`iperf3 from ${management.phys}: ${error} ${stderr}`);
  return intervals.map(({ sum }) => sum.bytes);
}
