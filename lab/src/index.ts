/** The lab as a library: the quick start, the system tests and the benchmarks use it. */
export { reconfigureAgent, startAgent } from './daemons/agent.ts';
export { startApi } from './daemons/api.ts';
export { launchDockerd } from './daemons/docker.ts';
export { down } from './down.ts';
export { LabError } from './errors.ts';
export { Lab, type LabState, openLab } from './lab.ts';
export { repository } from './layout.ts';
export type { CommandResult, Machine } from './machine/machine.ts';
export { waitFor } from './machine/process.ts';
export { type PluggedNic, pluggedNics } from './start/facts.ts';
export { statusOf } from './status.ts';
export { type MachineName, management, urls, vms } from './topology.ts';
export { up } from './up.ts';
