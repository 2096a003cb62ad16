/** The lab as a library for the system tests and the benchmarks. */
export type { ApiKind } from './api/api-kind.ts';
export { startApi } from './api/embedded.ts';
export { setTokenLifetime, startKeystone } from './api/openstack/keystone.ts';
export { startMariadb } from './api/openstack/mariadb.ts';
export { startNeutron } from './api/openstack/neutron.ts';
export { reconfigureAgent, startAgent } from './daemons/agent.ts';
export { type DockerdOptions, launchDockerd } from './daemons/docker.ts';
export { down } from './down.ts';
export { LabError } from './errors.ts';
export { Lab, type LabState, openLab } from './lab.ts';
export { repository } from './layout.ts';
export type { CommandResult, Machine } from './machine/machine.ts';
export { waitFor } from './machine/process.ts';
export { type PluggedNic, pluggedNics } from './start/facts.ts';
export { statusOf } from './status.ts';
export { startVm } from './steps/vm.ts';
export { hypervisors, type MachineName, management, urls, vms } from './topology.ts';
export { up } from './up.ts';
