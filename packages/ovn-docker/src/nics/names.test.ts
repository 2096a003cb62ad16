import { expect, it } from 'vitest';
import { nicIdOf, portTags } from '../clients/neutron/port-tags.ts';
import { FIRST_VLAN, LAST_VLAN } from '../vm/vlans.ts';
import { interfaceNames } from './names.ts';

it('every VLAN has two names of its own, within the 15 bytes that Linux allows', () => {
  const names = new Set<string>();
  for (let vlan = FIRST_VLAN; vlan <= LAST_VLAN; vlan++) {
    const { vmEnd, containerEnd } = interfaceNames(vlan);
    names.add(vmEnd).add(containerEnd);
    expect(Buffer.byteLength(containerEnd)).toBeLessThanOrEqual(15);
  }
  expect(names.size).toBe(2 * LAST_VLAN);
});

it('finds the NIC id in the Neutron tags of a port, if there is one', () => {
  expect(nicIdOf(['red', portTags.ours, portTags.nic('n-1'), portTags.vif('v-1')])).toBe('n-1');
  expect(nicIdOf(['red', portTags.ours])).toBeUndefined();
  expect(nicIdOf(undefined)).toBeUndefined();
});
