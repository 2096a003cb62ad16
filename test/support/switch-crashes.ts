import { hypervisors, type Lab } from '@ovn-docker/lab';

/**
 * Times at which the switch of a hypervisor died of itself, in milliseconds since the epoch. OVS 3.1's userspace conntrack aborts now and then when
 * ports come and go ("assertion … failed in conn_update_state()"), which nothing in a VM can do anything about.
 */
export function hypervisorCrashes(lab: Lab): number[] {
  return hypervisors.flatMap(({ name }) => crashesIn(lab.machine(name).log('openvswitch/ovs-vswitchd')));
}

/**
 * When an ovs-vswitchd died of itself, in milliseconds since the epoch: its monitor process says so in its log and starts another
 * (ovs-vswitchd(8), `--monitor`).
 */
export function crashesIn(log: string): number[] {
  const lines = log.matchAll(/^(\S+?Z)\|.* died, killed /gm);
  return [...lines].map(([, date = '']) => Date.parse(date));
}

/** Frames that the dead one had not sent yet, and the time until the next one has its flows, in milliseconds. */
const BEFORE_MS = 2000;
const AFTER_MS = 15_000;

/** Whether a crash is the likely cause of what was lost at that time. */
export function isNear(at: number, crashes: readonly number[]): boolean {
  return crashes.some((crash) => at > crash - BEFORE_MS && at < crash + AFTER_MS);
}
