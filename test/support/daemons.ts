import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type MachineName, management, startVm, vms, waitFor } from '@ovn-docker/lab';

/** A daemon of Open vSwitch or OVN, by the file with its process id below /run of its machine. */
export type Daemon = 'openvswitch/ovsdb-server' | 'openvswitch/ovs-vswitchd' | 'ovn/ovn-controller';

/** Ends a daemon as a crash does. Returns the command that starts it again. */
export async function crash(lab: Lab, machine: MachineName, daemon: Daemon): Promise<string[]> {
  const file = `/run/${daemon}.pid`;
  const script = 'p=$(cat "$0"); cat "/proc/$p/cmdline"; kill -KILL "$p"; while kill -0 "$p"; do :; done';
  const words = await lab.machine(machine).must(['/bin/sh', '-c', `${script} 2>/dev/null`, file]);
  return words.split('\0').filter(Boolean);
}

/** Ends a daemon and starts it again, as its supervisor would. */
export async function restartDaemon(lab: Lab, machine: MachineName, daemon: Daemon): Promise<void> {
  await lab.machine(machine).must(await crash(lab, machine, daemon));
}

/**
 * Gives a VM's bridge its address again: the bridge's interface is a device of ovs-vswitchd's (userspace datapath) and went with it;
 * in a real VM the distribution's network scripts do this.
 */
export async function addressBridge(lab: Lab, vm: MachineName): Promise<void> {
  const { address = '' } = lab.state.vms[vm] ?? {};
  using netlink = lab.machine(vm).netlink();
  await waitFor('the bridge of the VM', () => netlink.link('br0'));
  netlink.setLink('br0', { up: true, mtu: 1500 });
  netlink.addAddress('br0', `${address}/${management.prefixLength}`);
  await lab.machine(vm).must(['ethtool', '-K', 'br0', 'tx', 'off']);
}

/** The VM's switch loses its whole database, and is set up again as for a new VM. */
export async function wipeSwitch(lab: Lab, name: MachineName): Promise<void> {
  await crash(lab, name, 'openvswitch/ovs-vswitchd');
  await crash(lab, name, 'openvswitch/ovsdb-server');
  const machine = lab.machine(name);
  rmSync(join(machine.places.data, 'etc', 'openvswitch'), { recursive: true, force: true });
  const vm = vms.find((one) => one.name === name);
  const identity = lab.state.vms[name];
  if (vm && identity) await startVm(lab, vm, identity);
}
