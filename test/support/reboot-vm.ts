import { type Lab, launchDockerd, type MachineName, startAgent } from '@ovn-docker/lab';

/** The command lines of the VM's switch, from its process ids below /run. */
const COMMANDS =
  'for d in ovsdb-server ovs-vswitchd; do cat /proc/$(cat /run/openvswitch/$d.pid)/cmdline; echo; done';

/**
 * Everything ends at once, as when the power goes, and what does not outlive a boot goes: processes, veth pairs, namespaces, mounts, /run.
 * The machine's cables and disks stay, and so do its own bridge and address.
 */
const POWER_OFF = `
kill -KILL -1
while [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 5 ]; do :; done
for mount in $(awk '$2 ~ "^/(run|var/lib)/docker/" { print $2 }' /proc/mounts); do umount -l "$mount"; done
for link in $(ls /sys/class/net | grep '^ovn-\\|^veth'); do ip link del "$link" 2> /dev/null; done
rm -rf /run/docker /run/docker.* /run/containerd /run/openvswitch/*.pid /run/openvswitch/*.ctl /run/ovn-docker
mkdir -p /run/docker/plugins /run/ovn-docker`;

/**
 * Boots a VM anew. First its switch comes up with the rows that its disk kept, then the agent, then Docker.
 * @param atSwitch called when the switch runs and nobody has looked at its rows yet
 */
export async function rebootVm(lab: Lab, vm: MachineName, atSwitch: () => Promise<void>): Promise<void> {
  const machine = lab.machine(vm);
  const lines = (await machine.must(['/bin/sh', '-c', COMMANDS])).trim().split('\n');
  // The shell itself is spared; its exit code is not asked for, because who runs it may have been killed.
  await machine.run(['/bin/sh', '-c', POWER_OFF]);
  for (const line of lines) await machine.must(line.split('\0').filter(Boolean));
  await atSwitch();
  await startAgent(machine);
  await launchDockerd(machine);
}
