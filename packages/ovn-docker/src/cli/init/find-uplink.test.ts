import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestMachine, type TestMachine } from '../../../test/support/init-machine.ts';
import { networkFixtures } from '../../../test/support/network-fixtures.ts';
import { findUplink, interfacesOn } from './find-uplink.ts';
import type { Prompt } from './prompt.ts';

/*
 * The kernel of this computer chooses the source addresses for the way to the API: those of its own loopback.
 * The machine's interfaces in memory have the same ones.
 */
const KEYSTONE = 'http://127.0.0.1:5000/v3';
const NEUTRON = 'http://[::1]:9696';

let machine: TestMachine;
beforeAll(async () => {
  machine = await openTestMachine({
    ...networkFixtures.netplan,
    files: {
      '/sys/class/net/eth0/mtu': '1500\n',
      '/sys/class/net/eth0/upper_eth0.7/mtu': '1500\n',
      '/sys/class/net/eth0/upper_ovs-system/mtu': '1500\n',
    },
  });
  const { network } = machine;
  network.add('lo', { mac: '' });
  network.add('eth1', { mac: '02:00:00:00:00:01' });
  network.add('eth0.7', { kind: 'vlan', mac: '02:00:00:00:00:07' });
  network.add('ovs-system', { kind: 'openvswitch', mac: '02:00:00:00:00:08' });
});
afterAll(() => machine[Symbol.asyncDispose]());
beforeEach(() => machine.network.reset());

const silent: Prompt = {
  isInteractive: false,
  ask: () => Promise.reject(new Error('nobody was to be asked')),
  askSecret: () => Promise.reject(new Error('nobody was to be asked')),
};
const answering = (answer: string): Prompt => ({ ...silent, isInteractive: true, ask: async () => answer });

const find = async (options: { given?: string; prompt?: Prompt } = {}) => {
  const { given, prompt = silent } = options;
  const question = { given, bridge: 'br0', remote: machine.remote, apis: [KEYSTONE, NEUTRON] };
  return (await findUplink(machine.process(), question, prompt)).name;
};

it('the uplink is the interface whose address the kernel uses for the way to the API', async () => {
  machine.network.addAddress('eth0', '192.0.2.7/24');
  machine.network.addAddress('eth1', '127.0.0.1/8');
  expect(await find()).toBe('eth1');
  machine.network.addAddress('eth1', '::1/128');
  expect(await find()).toBe('eth1');
});

it('where several interfaces lead to the API, the user chooses', async () => {
  machine.network.addAddress('eth0', '127.0.0.1/8');
  machine.network.addAddress('eth1', '::1/128');
  const several = `several interfaces lead to ${KEYSTONE} and ${NEUTRON}: eth0, eth1`;
  await expect(find()).rejects.toMatchObject({
    code: 'E_UPLINK',
    message: several,
    hint: 'choose one: --uplink eth0 or --uplink eth1',
  });
  expect(await find({ prompt: answering('eth1') })).toBe('eth1');
  await expect(find({ prompt: answering('eth2') })).rejects.toMatchObject({ code: 'E_UPLINK' });
  expect(await find({ given: 'eth1' })).toBe('eth1');
});

it.each([
  ['no interface leads to the API', undefined, `no interface leads to ${KEYSTONE} and ${NEUTRON}`],
  ['the API is on this machine', 'lo', 'the API is on this machine, and lo leads to no hypervisor'],
  ['a VLAN leads to it', 'eth0.7', 'eth0.7 is no hardware of the VM but a vlan, made on top of others'],
  ['Open vSwitch’s own interface does', 'ovs-system', 'ovs-system belongs to Open vSwitch itself'],
])('init refuses if %s', async (_, name, message) => {
  if (name !== undefined) machine.network.addAddress(name, '127.0.0.1/8');
  await expect(find()).rejects.toMatchObject({ code: 'E_UPLINK', message });
});

it('an interface that --uplink names must exist', async () => {
  await expect(find({ given: 'eth9' })).rejects.toMatchObject({
    code: 'E_UPLINK',
    message: 'there is no interface eth9',
  });
});

it('an uplink carries the interfaces on top of it, but Open vSwitch is none of them', () => {
  expect(interfacesOn(machine.process(), 'eth0')).toEqual(['eth0.7']);
  expect(interfacesOn(machine.process(), 'eth1')).toEqual([]);
});

it('if the bridge has the address already, the uplink is its port to the hypervisor', async () => {
  const mac = '02:00:00:00:00:01';
  await machine.process().withBridges(machine.remote, async (bridges) => {
    await bridges.ensure({ name: 'br0', uplink: 'eth1', mac, mtu: 1500, datapathType: 'system' });
  });
  machine.network.addAddress('br0', '127.0.0.1/8');
  expect(await find()).toBe('eth1');
});
