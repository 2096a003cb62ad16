import { type Lab, type MachineName, startVm, vms } from '@ovn-docker/lab';

/** A daemon of Open vSwitch or OVN, named by its pid file below /run of its machine. */
export type Daemon = 'openvswitch/ovsdb-server' | 'openvswitch/ovs-vswitchd' | 'ovn/ovn-controller';

/** Kills a daemon, as a crash does. Returns the command that starts it again. */
export async function crash(lab: Lab, machine: MachineName, daemon: Daemon): Promise<string[]> {
  const file = `/run/${daemon}.pid`;
  const script = 'p=$(cat "$0"); cat "/proc/$p/cmdline"; kill -KILL "$p"; while kill -0 "$p"; do :; done';
  const commandLine = await lab.machine(machine).must(['/bin/sh', '-c', `${script} 2>/dev/null`, file]);
  return commandLine.split('\0').filter(Boolean);
}

/**
 * Aborts the switch of a machine, as a failed assertion does. The switch's monitor process starts it again.
 */
export async function abortSwitch(lab: Lab, machine: MachineName): Promise<void> {
  await lab.machine(machine).must(['/bin/sh', '-c', 'kill -ABRT "$(cat /run/openvswitch/ovs-vswitchd.pid)"']);
}

/** Kills a daemon and starts it again, as a supervisor does. */
export async function restartDaemon(lab: Lab, machine: MachineName, daemon: Daemon): Promise<void> {
  await lab.machine(machine).must(await crash(lab, machine, daemon));
}

/** Deletes the whole database of the VM's switch and sets the switch up again, as for a new VM. */
export async function wipeSwitch(lab: Lab, name: MachineName): Promise<void> {
  await crash(lab, name, 'openvswitch/ovs-vswitchd');
  await crash(lab, name, 'openvswitch/ovsdb-server');
  const machine = lab.machine(name);
  await machine.must(['rm', '-f', '/etc/openvswitch/conf.db', '/etc/openvswitch/.conf.db.~lock~']);
  // The bridge's own device outlives ovs-vswitchd.
  using netlink = machine.netlink();
  netlink.deleteLink('br0');
  const vm = vms.find((candidate) => candidate.name === name);
  const identity = lab.state.vms[name];
  if (vm && identity) await startVm(lab, vm, identity);
}
