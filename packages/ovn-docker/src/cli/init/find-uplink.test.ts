import { expect, it } from 'vitest';
import { openTestMachine } from '../../../test/support/init-machine.ts';
import { networkFixtures } from '../../../test/support/network-fixtures.ts';
import { interfacesOn } from './find-uplink.ts';

it('an uplink carries the interfaces on top of it, but Open vSwitch is none of them', async () => {
  await using test = await openTestMachine({
    ...networkFixtures.netplan,
    files: {
      '/sys/class/net/eth0/mtu': '1500\n',
      '/sys/class/net/eth0/upper_eth0.7/mtu': '1500\n',
      '/sys/class/net/eth0/upper_ovs-system/mtu': '1500\n',
    },
  });
  test.network.add('eth0.7', { kind: 'vlan', mac: '02:00:00:00:00:07' });
  test.network.add('ovs-system', { kind: 'openvswitch', mac: '02:00:00:00:00:08' });
  expect(interfacesOn(test.process(), 'eth0')).toEqual(['eth0.7']);
  expect(interfacesOn(test.process(), 'eth1')).toEqual([]);
});
