import type { Link } from '@ovn-docker/netlink';
import { expect, it } from 'vitest';
import { claimed, linksOf, nicOf, rowOf } from '../../test/support/observed-vm.ts';
import type { PluggedInterface, PluggedPort } from '../clients/vm-switch.ts';
import { driftsOf, isUnnoticed, type Seen } from './health.ts';
import { rowKeys } from './names.ts';
import { type PluggedNic, requirePlugged } from './nic.ts';

const warm = requirePlugged(nicOf('warm', 1));
const used = requirePlugged(nicOf('used', 1, claimed({ label: 'l' })));

/** What a healthy NIC shows, with changes. */
function seenOf(nic: PluggedNic, change: Change = {}): Seen {
  const [vmEnd, containerEnd] = linksOf(nic) as [Link, Link | undefined];
  const row = rowOf(nic);
  const iface = { ...row.iface, ifindex: vmEnd.index, ...change.iface } as PluggedInterface;
  return {
    row: { ...row, iface, ...change.row },
    vmEnd: { ...vmEnd, ...change.vmEnd },
    containerEnd: containerEnd && { ...containerEnd, ...change.containerEnd },
    master: undefined,
    ...change.seen,
  };
}

interface Change {
  readonly row?: Partial<PluggedPort>;
  readonly iface?: Partial<PluggedInterface>;
  readonly vmEnd?: Partial<Link>;
  readonly containerEnd?: Partial<Link>;
  readonly seen?: Partial<Seen>;
}

const drifts = (nic: PluggedNic, change?: Change) =>
  driftsOf(nic, seenOf(nic, change)).map(({ kind }) => kind);

it('scenario 46: a NIC is healthy as the agent makes it, warm or in a container', () => {
  expect([drifts(warm), drifts(used)]).toEqual([[], []]);
  // A datapath in the kernel is the master of its ports.
  expect(drifts(warm, { vmEnd: { master: 9 }, seen: { master: 9 } })).toEqual([]);
  // The claim's other notes change without being written.
  const externalIds = { ...rowOf(used).externalIds, [rowKeys.promised]: '10.0.0.7' };
  expect(drifts(used, { row: { externalIds } })).toEqual([]);
});

const ids = rowOf(warm).externalIds;

it.each<[string, Change]>([
  ['unplugged', { seen: { row: undefined } }],
  ['wrong VLAN', { row: { vlan: 7 } }],
  ['wrong VLAN', { row: { vlan: undefined } }],
  ['wrong VLAN', { row: { vlanMode: 'native-untagged' } }],
  ['wrong VLAN', { row: { vlanMode: undefined } }],
  ['wrong VLAN', { row: { trunks: [5] } }],
  ['wrong row', { row: { externalIds: {} } }],
  ['wrong row', { row: { externalIds: { ...ids, [rowKeys.ifaceId]: 'other' } } }],
  ['wrong row', { row: { externalIds: { ...ids, [rowKeys.claimed]: 'now' } } }],
  ['wrong row', { row: { iface: undefined } }],
  ['wrong row', { iface: { externalIds: {} } }],
  ['wrong row', { iface: { type: 'internal' } }],
  ['wrong row', { iface: { mtuRequest: 1300 } }],
  ['broken pair', { seen: { vmEnd: undefined } }],
  ['broken pair', { seen: { containerEnd: undefined } }],
  ['broken pair', { vmEnd: { alias: 'ovn-docker another-port' } }],
  ['broken pair', { vmEnd: { alias: 'ovn-docker-new port-warm' } }],
  ['broken pair', { vmEnd: { alias: 'ovn-docker port-warm label' } }],
  ['wrong link', { vmEnd: { up: false } }],
  ['wrong link', { vmEnd: { mtu: 1300 } }],
  ['wrong link', { vmEnd: { mtu: 1500 } }],
  ['wrong link', { vmEnd: { master: 9 } }],
  ['wrong link', { vmEnd: { name: 'other' } }],
  ['wrong link', { seen: { isQuiet: false } }],
  ['wrong link', { seen: { master: 9 } }],
  ['wrong link', { containerEnd: { mtu: 1300 } }],
  ['wrong link', { containerEnd: { mac: '02:00:00:00:00:07' } }],
  ['not switched', { iface: { error: 'could not open network device' } }],
  ['not switched', { row: { ofport: undefined } }],
  ['not switched', { iface: { ifindex: 77 } }],
])('scenario 46: %s: %o', (kind, change) => {
  expect(drifts(warm, change)).toEqual([kind]);
});

it('scenario 46: in a container, the container’s end and a larger MTU are its own affair', () => {
  expect(drifts(used, { vmEnd: { mtu: 1500 } })).toEqual([]);
  expect(drifts(used, { vmEnd: { mtu: 1300 } })).toEqual(['wrong link']);
  expect(
    drifts(used, {
      row: { externalIds: rowOf({ ...used, claim: { since: 0, promised: new Set() } }).externalIds },
    }),
  ).toEqual(['wrong row']);
});

it('scenario 46: ovs-vswitchd has not noticed that an interface is up', () => {
  expect(isUnnoticed(seenOf(warm, { iface: { adminState: 'up', linkState: 'down' } }))).toBe(false);
  expect(isUnnoticed(seenOf(warm, { iface: { adminState: 'down' } }))).toBe(true);
  expect(isUnnoticed(seenOf(warm, { iface: { linkState: 'down' }, vmEnd: { carrier: true } }))).toBe(true);
});
