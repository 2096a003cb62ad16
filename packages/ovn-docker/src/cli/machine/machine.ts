import type { Rtnetlink } from '@ovn-docker/netlink';
import type { BridgeSetup } from '../../clients/vm-switch/bridge-setup.ts';
import type { Files } from './files.ts';

/** The calls of the kernel that init needs. */
export type MachineNetlink = Pick<
  Rtnetlink,
  | 'link'
  | 'links'
  | 'setLink'
  | 'addresses'
  | 'addAddress'
  | 'deleteAddress'
  | 'routes'
  | 'addRoute'
  | 'deleteRoute'
>;

/** The machine that init changes. Tests have one in a directory and in memory. */
export interface Machine {
  readonly files: Files;
  readonly netlink: MachineNetlink;
  /** Whether systemd is the init system. */
  readonly hasSystemd: boolean;
  /** Whether the machine boots: interfaces, ovs-vswitchd and network managers are not up yet. */
  readonly isBooting: boolean;
  /** Opens the VM's Open vSwitch for one piece of work. @throws OvnDockerError `E_SWITCH` */
  withBridges<T>(remote: string, work: (bridges: BridgeSetup) => Promise<T>): Promise<T>;
  /**
   * Runs a program to its end, without a shell, and returns what it wrote.
   * @throws OvnDockerError `E_COMMAND` when it fails, is missing, or takes minutes
   */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Opens and closes a TCP connection to the host of a URL. @throws Node's error */
  reach(url: string): Promise<void>;
  /** Resolves a little later, for loops that wait for another program. */
  pause(): Promise<void>;
}

/**
 * Waits until another program has done something.
 * @returns whether the condition became true before `timeoutMs` were over
 */
export async function until(machine: Machine, timeoutMs: number, condition: () => boolean): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) return false;
    await machine.pause();
  }
  return true;
}
