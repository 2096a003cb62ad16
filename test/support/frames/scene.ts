import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, type MachineName, pluggedNics } from '@ovn-docker/lab';
import { Api } from '../api.ts';
import { Vm } from '../vm.ts';
import { BROADCAST, frame } from './frame.ts';
import { Link } from './link.ts';
import { arpReply } from './packets.ts';

const NETWORK = 'frames';
const APART = 'frames-apart';
/** The network of the VMs themselves: a flat provider network. */
const MANAGEMENT = 'mgmt';

/** Prints every datagram that arrives at the port. */
const LISTENER = `
const { createSocket } = await import('node:dgram');
createSocket('udp4').on('message', (text) => console.log(String(text))).bind(Number(process.argv[1]), () => console.log('listening'));`;

export type FrameScene = Awaited<ReturnType<typeof raiseFrameScene>>;

/**
 * Containers of VM-A that send forged frames, and all who must not get them: neighbours on the same network,
 * containers on other networks in another VM and of another tenant, the VMs themselves, and a machine on the
 * provider network.
 */
export async function raiseFrameScene(lab: Lab) {
  const [a, b, c] = [new Vm(lab, 'vm-a'), new Vm(lab, 'vm-b'), new Vm(lab, 'vm-c')];
  const [alice, bob] = [await Api.login(lab, 'alice'), await Api.login(lab, 'bob')];
  const network = await alice.createNetwork(NETWORK, '10.187.0.0/24');
  await alice.create('subnet', { network_id: network.id, cidr: 'fd00:187::/64', ip_version: 6 });
  const apart = await alice.createNetwork(APART, '10.188.0.0/24');
  const bobs = await bob.createNetwork(APART, '10.188.0.0/24');
  // One after the other in each VM: then the order of the VLANs is that of the containers.
  const inVm = async (vm: Vm, networks: readonly string[]) => {
    const ids: string[] = [];
    for (const name of networks) ids.push(await vm.run(name));
    return ids;
  };
  const [inA, inB, inC] = await Promise.all([
    inVm(a, [MANAGEMENT, NETWORK, NETWORK]),
    inVm(b, [MANAGEMENT, NETWORK, APART]),
    inVm(c, [APART]),
  ]);
  const at = (name: string, vm: Vm, id: string | undefined) => Link.of(name, vm, id ?? '');
  const machine = (name: MachineName, device: string, place: string) =>
    new Link(place, lab.machine(name).places.netns, device);
  const links = {
    /** The containers that send. */
    onManagement: await at('sender on the management network', a, inA[0]),
    onOverlay: await at('sender on the overlay network', a, inA[1]),
    neighbour: await at('neighbour in the same VM', a, inA[2]),
    distantNeighbour: await at('neighbour in another VM', b, inB[1]),
    managementNeighbour: await at('neighbour on the management network', b, inB[0]),
    apart: await at('container on another network', b, inB[2]),
    otherTenant: await at("another tenant's container", c, inC[0]),
    vmA: machine('vm-a', 'br0', 'VM-A itself'),
    vmB: machine('vm-b', 'br0', 'VM-B itself'),
    vmC: machine('vm-c', 'br0', "another tenant's VM itself"),
    machine: machine('phys', 'eth0', 'machine on the provider network'),
    /** Where root of VM-A sends, past the VM's switch. */
    uplink: machine('vm-a', 'eth0', 'uplink of VM-A'),
    /** What leaves VM-A. */
    hypervisor: machine('hv1', 'tap-vm-a', 'hypervisor of VM-A'),
  };
  const vlanOf = async (vm: MachineName, { host }: Link) =>
    (await pluggedNics(lab, vm)).find((nic) => nic.mac === host.mac)?.vlan ?? 0;
  const vlans = {
    own: await vlanOf('vm-a', links.onManagement),
    sibling: await vlanOf('vm-a', links.neighbour),
    apart: await vlanOf('vm-b', links.apart),
    otherTenant: await vlanOf('vm-c', links.otherTenant),
  };

  /** Everyone who must not get a forged frame. */
  const others = [
    links.neighbour,
    links.distantNeighbour,
    links.managementNeighbour,
    links.apart,
    links.otherTenant,
    links.vmA,
    links.vmB,
    links.vmC,
    links.machine,
  ];
  const reached = [
    [links.onManagement, [links.managementNeighbour, links.vmA, links.vmB, links.vmC, links.machine]],
    [links.onOverlay, [links.neighbour, links.distantNeighbour]],
  ] as const;
  let count = 0;

  return {
    ...links,
    vlans,
    others,

    /** A mark that no other frame has. */
    mark: (): string => `frame-${String(count++).padStart(6, '0')}`,

    /**
     * Returns when all frames that the senders sent before have arrived or are dropped. The switches keep the
     * order of frames: broadcasts, which the senders send now, arrive after them, also in the other VMs.
     */
    async settle(mark: string): Promise<void> {
      for (const [sender, receivers] of reached) {
        const packet = arpReply(sender.host, sender.host);
        const announcement = frame(BROADCAST, sender.host.mac, packet, mark);
        await untilArrived(sender, announcement, receivers, mark);
      }
    },

    forget(): void {
      for (const link of [...others, links.hypervisor]) link.forget();
    },

    /** Opens a UDP socket of VM-A itself. */
    async listenInVm(port: number) {
      const { machine } = a;
      const began = machine.log('listener').length;
      const own = ['bash', '-c', `echo ready > /dev/udp/127.0.0.1/${port}`];
      await machine.start('listener', [
        process.execPath,
        '--input-type=module',
        '--eval',
        LISTENER,
        `${port}`,
      ]);
      await machine.waitForLog('listener', 'listening', began);
      return {
        /** What the socket has received; its own datagram comes last, so all others are there. */
        async heard(): Promise<string> {
          await machine.must(own);
          await machine.waitForLog('listener', 'ready', began);
          return machine.log('listener').slice(began);
        },
        end: () => machine.stop('listener', 'KILL'),
      };
    },

    /** Makes the switches of VM-A and its hypervisor look up the next frames in their flow tables again. */
    async cool(): Promise<void> {
      const forget = ['ovs-appctl', 'dpctl/del-flows'];
      await Promise.all(['vm-a', 'hv1'].map((name) => lab.machine(name).must(forget)));
    },

    async end(): Promise<void> {
      for (const link of Object.values(links)) link[Symbol.dispose]();
      for (const vm of [a, b, c]) {
        await vm.cleanUp();
        await vm.removeNetworks(`name=${NETWORK}`, `name=${MANAGEMENT}`);
      }
      for (const net of [network, apart]) await alice.deleteEmptyNetwork(net);
      await bob.deleteEmptyNetwork(bobs);
    },
  };
}

/**
 * Sends a frame until it has arrived everywhere: a tunnel loses its first one, and a crashed switch several.
 */
export async function untilArrived(
  sender: Pick<Link, 'send'>,
  bytes: Buffer,
  receivers: readonly Link[],
  mark: string,
): Promise<void> {
  const missing = () => receivers.filter((link) => link.arrived(mark).length === 0);
  for (let round = 0; missing().length > 0; round++) {
    if (round > 40) {
      const names = missing().map(({ name }) => name);
      throw new Error(`an ordinary frame does not arrive: ${names.join(', ')}`);
    }
    sender.send(bytes);
    for (let turn = 0; turn < 50 && missing().length > 0; turn++) await sleep(5);
  }
}
