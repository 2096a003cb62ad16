import { type Lab, type MachineName, reconfigureAgent } from '@ovn-docker/lab';

/** Sets keys of the configuration of a VM's agent and starts it again. Returns what puts the former one back. */
export function configureAgent(
  lab: Lab,
  vm: MachineName,
  change: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  return reconfigureAgent(lab.machine(vm), change);
}
