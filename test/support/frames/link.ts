import { PacketSocket, Rtnetlink } from '@ovn-docker/netlink';
import type { Vm } from '../vm.ts';
import type { Host } from './packets.ts';

/** Path of a container's network namespace, as this process sees it. */
export async function netnsOf(vm: Vm, container: string): Promise<string> {
  const pid = await vm.docker('inspect', '--format', '{{.State.Pid}}', container);
  return `/proc/${vm.machine.pid}/root/proc/${pid}/ns/net`;
}

/** A tag of 802.1Q with a VLAN; a priority tag has VID 0. */
const hasVlan = (frame: Buffer): boolean =>
  frame.readUInt16BE(12) === 0x8100 && (frame.readUInt16BE(14) & 0xfff) !== 0;

/** One interface, with a socket that sends any frame and keeps what arrives. */
export class Link implements Disposable {
  readonly name: string;
  /** Path of the network namespace. */
  readonly netns: string;
  readonly host: Host;
  /** The address that the kernel made from the MAC address. */
  readonly linkLocal: string;
  readonly #socket: PacketSocket;
  readonly #isBridge: boolean;
  #frames: Buffer[] = [];

  /**
   * @param name of the place, for messages
   * @param device `br0` is the VM's own end of its switch, where broadcasts of the VM's containers also
   *   arrive, with their VLANs: the VM's kernel ignores these, and so does `arrived`
   */
  constructor(name: string, netns: string, device = 'eth0') {
    this.netns = netns;
    this.name = name;
    this.#isBridge = device === 'br0';
    this.#socket = PacketSocket.open(device, { netns, receive: true });
    using rtnl = Rtnetlink.open(netns);
    const addresses = rtnl.addresses(device);
    const of = (family: number, scope: string) =>
      addresses.find((found) => found.family === family && found.scope === scope)?.address;
    const v4 = of(4, 'global') ?? '0.0.0.0';
    this.host = { mac: rtnl.link(device)?.mac ?? '', v4, v6: of(6, 'global') ?? '::' };
    this.linkLocal = of(6, 'link') ?? '::';
  }

  static async of(name: string, vm: Vm, container: string): Promise<Link> {
    return new Link(name, await netnsOf(vm, container));
  }

  send(frame: Buffer): void {
    this.#socket.send(frame);
  }

  /** The frames with this mark that have arrived since the last `forget`. */
  arrived(mark: string): Buffer[] {
    for (let next = this.#socket.receive(); next !== undefined; next = this.#socket.receive())
      if (!next.isSent && !(this.#isBridge && hasVlan(next.bytes))) this.#frames.push(next.bytes);
    return this.#frames.filter((bytes) => bytes.includes(mark));
  }

  forget(): void {
    this.arrived('');
    this.#frames = [];
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
