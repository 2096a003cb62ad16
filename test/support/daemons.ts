import { type Lab, type MachineName, startVm, vms } from '@ovn-docker/lab';

/** A daemon of Open vSwitch or OVN, by the file with its process id below /run of its machine. */
export type Daemon = 'openvswitch/ovsdb-server' | 'openvswitch/ovs-vswitchd' | 'ovn/ovn-controller';

/** Ends a daemon as a crash does. Returns the command that starts it again. */
export async function crash(lab: Lab, machine: MachineName, daemon: Daemon): Promise<string[]> {
  const file = `/run/${daemon}.pid`;
  const script = 'p=$(cat "$0"); cat "/proc/$p/cmdline"; kill -KILL "$p"; while kill -0 "$p"; do :; done';
  const words = await lab.machine(machine).must(['/bin/sh', '-c', `${script} 2>/dev/null`, file]);
  return words.split('\0').filter(Boolean);
}

/** Lets the switch of a machine abort, as a failed assertion does, which its monitor answers by starting it again. */
export async function abortSwitch(lab: Lab, machine: MachineName): Promise<void> {
  await lab.machine(machine).must(['/bin/sh', '-c', 'kill -ABRT "$(cat /run/openvswitch/ovs-vswitchd.pid)"']);
}

/** Ends a daemon and starts it again, as its supervisor would. */
export async function restartDaemon(lab: Lab, machine: MachineName, daemon: Daemon): Promise<void> {
  await lab.machine(machine).must(await crash(lab, machine, daemon));
}

/** The VM's switch loses its whole database, and is set up again as for a new VM. */
export async function wipeSwitch(lab: Lab, name: MachineName): Promise<void> {
  await crash(lab, name, 'openvswitch/ovs-vswitchd');
  await crash(lab, name, 'openvswitch/ovsdb-server');
  const machine = lab.machine(name);
  await machine.must(['rm', '-f', '/etc/openvswitch/conf.db', '/etc/openvswitch/.conf.db.~lock~']);
  // The bridge's own device outlives ovs-vswitchd.
  using netlink = machine.netlink();
  netlink.deleteLink('br0');
  const vm = vms.find((one) => one.name === name);
  const identity = lab.state.vms[name];
  if (vm && identity) await startVm(lab, vm, identity);
}
