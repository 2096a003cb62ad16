import { hypervisors, type Lab } from '@ovn-docker/lab';

/**
 * Times at which the switch of a hypervisor crashed without a test's doing, in milliseconds since the epoch.
 * OVS 3.1's userspace conntrack aborts now and then when ports are added and deleted ("assertion … failed in
 * conn_update_state()"); nothing in a VM can prevent that.
 */
export function hypervisorCrashes(lab: Lab): number[] {
  return hypervisors.flatMap(({ name }) => crashesIn(lab.machine(name).log('openvswitch/ovs-vswitchd')));
}

/**
 * Times of an ovs-vswitchd's crashes, in milliseconds since the epoch, from its log: the monitor process logs
 * each crash and starts the daemon again (ovs-vswitchd(8), `--monitor`).
 */
export function crashesIn(log: string): number[] {
  const lines = log.matchAll(/^(\S+?Z)\|.* died, killed /gm);
  return [...lines].map(([, date = '']) => Date.parse(date));
}

/**
 * How long before a crash and after it frames may be lost, in milliseconds: the crashed daemon has queued
 * frames, and the new one has no flows at first.
 */
const BEFORE_MS = 2000;
const AFTER_MS = 15_000;

/** Whether a crash is the likely cause of a frame lost at that time. */
export function isNear(at: number, crashes: readonly number[]): boolean {
  return crashes.some((crash) => at > crash - BEFORE_MS && at < crash + AFTER_MS);
}
