import { type Lab, launchDockerd, type MachineName, startAgent } from '@ovn-docker/lab';

/**
 * Prints the command lines of the VM's ovsdb-server and ovs-vswitchd, whose process ids are in files below
 * /run.
 */
const COMMANDS =
  'for d in ovsdb-server ovs-vswitchd; do cat /proc/$(cat /run/openvswitch/$d.pid)/cmdline; echo; done';

/**
 * Kills all processes at once, as a power cut does, and removes the state that a boot loses: veth pairs,
 * namespaces, mounts, /run. The machine keeps its cables and disks, and its own bridge and address.
 */
const POWER_OFF = `
kill -KILL -1
while [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 5 ]; do :; done
for mount in $(awk '$2 ~ "^/(run|var/lib)/docker/" { print $2 }' /proc/mounts); do umount -l "$mount"; done
for link in $(ls /sys/class/net | grep '^ovn-\\|^veth'); do ip link del "$link" 2> /dev/null; done
rm -rf /run/docker /run/docker.* /run/containerd /run/openvswitch/*.pid /run/openvswitch/*.ctl /run/ovn-docker
mkdir -p /run/docker/plugins /run/ovn-docker`;

/**
 * Reboots a VM: starts its switch with the rows stored on its disk, then the agent, then Docker.
 * @param atSwitch called when the switch runs and before the agent starts
 */
export async function rebootVm(lab: Lab, vm: MachineName, atSwitch: () => Promise<void>): Promise<void> {
  const machine = lab.machine(vm);
  const lines = (await machine.must(['/bin/sh', '-c', COMMANDS])).trim().split('\n');
  // `kill -1` spares the shell itself. The process that runs the shell may be killed, so its exit code says
  // nothing.
  await machine.run(['/bin/sh', '-c', POWER_OFF]);
  for (const line of lines) await machine.must(line.split('\0').filter(Boolean));
  await atSwitch();
  await startAgent(machine);
  await launchDockerd(machine);
}
