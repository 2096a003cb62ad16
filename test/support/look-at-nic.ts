import type { Lab, MachineName } from '@ovn-docker/lab';
import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';

/** What the kernel and the switch of a VM show of one NIC, without what differs from pair to pair. */
export interface NicLook {
  readonly isUp: boolean | undefined;
  /** Whether the VM’s kernel ignores what the interface receives. */
  readonly isQuiet: boolean | undefined;
  readonly mtu: number | undefined;
  readonly master: number | undefined;
  readonly alias: string | undefined;
  /** MAC address and MTU of the container's end, while it is in the VM. */
  readonly containerEnd: string | undefined;
  readonly tag: number | undefined;
  readonly vlanMode: string | undefined;
  readonly trunks: readonly number[] | undefined;
  readonly isOnBridge: boolean;
  readonly port: string | undefined;
  /** The same keys in both rows. */
  readonly isIdentified: boolean;
  readonly claim: string | undefined;
  readonly type: string | undefined;
  readonly mtuRequest: number | undefined;
  readonly error: string | undefined;
  readonly isOpen: boolean;
}

/** Looks at a NIC without the product's own code. @param end name of the VM's end of its veth pair */
export async function lookAtNic(lab: Lab, vm: MachineName, end: string): Promise<NicLook> {
  using netlink = lab.machine(vm).netlink();
  await using client = await connect({ remotes: lab.vswitch(vm) });
  await using db = await openReplica(client, vswitchSchema, {
    Bridge: ['name', 'ports'],
    Port: ['name', 'tag', 'vlan_mode', 'trunks', 'external_ids'],
    Interface: ['name', 'type', 'mtu_request', 'error', 'ofport', 'external_ids'],
  });
  const [row] = db.find('Port', { name: end });
  const [iface] = db.find('Interface', { name: end });
  const [bridge] = db.find('Bridge', { name: 'br0' });
  const [link, other] = [netlink.link(end), netlink.link(`${end}c`)];
  const port = row?.external_ids['iface-id'];
  return {
    isUp: link?.up,
    isQuiet: link && netlink.dropsReceived(link.index),
    mtu: link?.mtu,
    master: link?.master,
    // Without the label of a claim.
    alias: link?.alias?.split(' ').slice(0, 2).join(' '),
    containerEnd: other && `${other.mac} ${other.mtu}`,
    tag: row?.tag,
    vlanMode: row?.vlan_mode,
    trunks: row?.trunks,
    isOnBridge: row !== undefined && bridge?.ports.includes(row._uuid) === true,
    port,
    isIdentified: port !== undefined && iface?.external_ids['iface-id'] === port,
    claim: row?.external_ids['ovn-docker:label'],
    type: iface?.type,
    mtuRequest: iface?.mtu_request,
    error: iface?.error,
    isOpen: (iface?.ofport ?? -1) > 0,
  };
}
