/** The lab as a library for the system tests and the benchmarks. */
export type { ApiKind } from './api/api-kind.ts';
export { startApi } from './api/embedded.ts';
export { setTokenLifetime, startKeystone } from './api/openstack/keystone.ts';
export { startMariadb } from './api/openstack/mariadb.ts';
export { startNeutron } from './api/openstack/neutron.ts';
export { cloudsYaml, reconfigureAgent, startAgent } from './daemons/agent.ts';
export {
  type BrokerInvitation,
  brokerName,
  brokerUrl,
  inviteVm,
  joinBroker,
  runBroker,
  startBroker,
} from './daemons/broker.ts';
export { type DockerdOptions, launchDockerd } from './daemons/docker.ts';
export { installProgram } from './daemons/node-program.ts';
export { openSsh, type SshVm } from './daemons/sshd.ts';
export { unpackDebianPackages } from './debian-packages.ts';
export { down } from './down.ts';
export { type EngineName, type Engines, engineNames } from './engines/engines.ts';
export { LabError } from './errors.ts';
export { Guest } from './guest/guest.ts';
export { type GuestKindName, guestKindNames } from './guest/image/kinds.ts';
export { findMirror, KEYRING as DEBIAN_KEYRING } from './guest/image/mirror.ts';
export { Lab, type LabState, openLab } from './lab.ts';
export { repository } from './layout.ts';
export type { CommandResult, Machine } from './machine/machine.ts';
export { waitFor } from './machine/process.ts';
export { openrcOf } from './openrc.ts';
export { checkPing, checkTcp, containerPlace, machinePlace, type Place } from './start/checks.ts';
export { type PluggedNic, pluggedNics } from './start/facts.ts';
export { statusOf } from './status.ts';
export { startVm } from './steps/vm.ts';
export { hypervisors, type MachineName, management, urls, vms } from './topology.ts';
export { up } from './up.ts';
