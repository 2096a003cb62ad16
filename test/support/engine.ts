import type { EngineName, Lab, MachineName } from '@ovn-docker/lab';

/** The Docker engine of a VM, by its first numbers. */
export function engineOf(lab: Lab, vm: MachineName): EngineName {
  const engine = Object.entries(lab.state.engines).find(([name]) => name === vm)?.[1];
  if (!engine) throw new Error(`${vm} has no Docker`);
  return engine;
}

/** Whether a VM's Docker is of this major version or later. */
export function isSince(major: number, lab: Lab, vm: MachineName): boolean {
  return Number.parseInt(engineOf(lab, vm), 10) >= major;
}
