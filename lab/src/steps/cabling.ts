import { quietLink, Rtnetlink, setChecksumOffload } from '@ovn-docker/netlink';
import type { Lab } from '../lab.ts';
import { hypervisors, type MachineName, METADATA, management, underlay, vms } from '../topology.ts';

/** One end of a cable: an interface of a machine. */
interface End {
  readonly machine: MachineName;
  readonly name: string;
  readonly mac?: string;
}

/**
 * Creates the cables, addresses and bridges. Checksum offload is off at every end: userspace Open vSwitch
 * reads frames before the kernel has filled in their checksums, so that TCP would hang while ping works. On
 * an interface whose frames Open vSwitch reads, the kernel must not answer, for example to ARP requests for
 * the addresses of the switch's bridges.
 */
export function layCables(lab: Lab): void {
  using hub = lab.machine('switch').netlink();
  for (const bridge of ['underlay', 'provider'])
    hub.createBridge({ name: bridge, mtu: underlay.mtu, up: true });

  const join = (bridge: string, mtu: number, end: End) => {
    const port = `${bridge === 'underlay' ? 'u' : 'p'}-${end.machine}`;
    cable(lab, { machine: 'switch', name: port }, end, mtu);
    hub.setLink(port, { master: bridge });
  };
  join('underlay', underlay.mtu, { machine: 'central', name: 'eth0' });
  join('underlay', underlay.mtu, { machine: 'api', name: 'eth1' });
  join('provider', 1500, { machine: 'api', name: 'eth0' });
  join('provider', 1500, { machine: 'phys', name: 'eth0' });
  for (const { name } of hypervisors) {
    join('underlay', underlay.mtu, { machine: name, name: 'phys0' });
    join('provider', 1500, { machine: name, name: 'prov0' });
  }
  for (const vm of vms) {
    cable(lab, { machine: vm.hypervisor, name: `tap-${vm.name}` }, { machine: vm.name, name: 'eth0' }, 1500);
  }
  address(lab, 'central', 'eth0', `${underlay.central}/${underlay.prefixLength}`);
  address(lab, 'api', 'eth1', `${underlay.api}/${underlay.prefixLength}`);
  address(lab, 'api', 'eth0', `${management.api}/${management.prefixLength}`);
  address(lab, 'api', 'eth0', `${METADATA}/32`);
  address(lab, 'phys', 'eth0', `${management.phys}/${management.prefixLength}`);
  for (const machine of lab.machines) {
    using netlink = machine.netlink();
    netlink.setLink('lo', { up: true });
  }
}

/** Machines whose Open vSwitch has all of their interfaces. */
const switching = new Set<MachineName>([...hypervisors, ...vms].map(({ name }) => name));

function cable(lab: Lab, one: End, other: End, mtu: number): void {
  const ends = [one, other].map((end) => ({ ...end, netns: lab.machine(end.machine).places.netns }));
  const [near, far] = ends as [(typeof ends)[0], (typeof ends)[0]];
  using netlink = Rtnetlink.open(near.netns);
  netlink.createVeth({ name: near.name, mtu, peer: { name: far.name, mtu, netns: far.netns } });
  for (const end of ends) {
    using inside = Rtnetlink.open(end.netns);
    inside.setLink(end.name, { up: true });
    setChecksumOffload(end.netns, end.name, false);
    if (switching.has(end.machine)) quietLink(end.netns, end.name);
  }
}

function address(lab: Lab, machine: MachineName, interfaceName: string, cidr: string): void {
  using netlink = lab.machine(machine).netlink();
  netlink.addAddress(interfaceName, cidr);
}
