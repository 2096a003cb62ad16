import { setImmediate } from 'node:timers/promises';
import { quietLink, type Rtnetlink } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import { rowKeys, vlanOfName } from '../nics/names.ts';
import type { Log } from '../observe/log.ts';

/** Ports per turn of the event loop: a look at one takes some tens of microseconds, quieting it 0.5 ms. */
const PER_TURN = 10;

/**
 * Makes the VM's kernel ignore what containers send (docs/decisions/quiet-links.md) on pairs that an earlier
 * agent made, before it looks at their health. Only a userspace datapath needs it.
 * @param netns for tests: path of the namespace that `netlink` sees
 */
export async function quietPorts(
  vmSwitch: Pick<VmSwitch, 'isUserspace' | 'ports'>,
  netlink: Pick<Rtnetlink, 'link' | 'dropsReceived'>,
  log: Log,
  netns?: string,
): Promise<void> {
  if (!vmSwitch.isUserspace) return;
  const ports = vmSwitch
    .ports()
    .filter(({ name, externalIds }) => externalIds[rowKeys.nic] !== undefined && vlanOfName(name));
  for (const [index, { name }] of ports.entries()) {
    if (index > 0 && index % PER_TURN === 0) await setImmediate();
    // Without an interface, attach makes a pair that is quiet from the start.
    const link = netlink.link(name);
    if (!link) continue;
    try {
      if (netlink.dropsReceived(link.index)) continue;
      quietLink(netns, name);
      log.info({ port: name }, 'the VM’s kernel ignores what this port receives now');
    } catch (error) {
      log.warn({ port: name, err: error }, 'the VM’s kernel may read what a container sends');
    }
  }
}
