import { openLab } from '@ovn-docker/lab';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** A container on several networks, with addresses that the user chooses: scenario 22. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-c');
const SUBNET = '10.146.0.0/24';
let api: Api;
let network: string;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
});

const neutronId = async () => (await api.networkOf(network))?.id ?? '';
const ports = async () => containerPorts(api, await neutronId());

/** Creates a Docker network for each test. */
function onNetwork(...options: string[]): void {
  leavesNoTraces(lab);
  beforeEach(async () => {
    network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, ...options, 'several');
  });
  afterEach(async () => {
    await vm.cleanUp();
    await vm.removeUnstarted();
    await vm.docker('network', 'rm', 'several');
  });
}

describe('a container on two networks', () => {
  onNetwork('--ipv6', '--subnet', 'fd00:146::/64');

  it('scenario 22: connect, disconnect -f, --ip, --ip6, --mac-address', async () => {
    const mac = '02:42:0a:90:00:4d';
    const fixed = ['--ip', '10.146.0.77', '--ip6', 'fd00:146::77', '--mac-address', mac];
    const container = await vm.dockerRun('--network', 'several', ...fixed);
    const addresses = [{ ip_address: '10.146.0.77' }, { ip_address: 'fd00:146::77' }];
    expect(await ports()).toMatchObject([
      {
        mac_address: mac,
        fixed_ips: expect.arrayContaining(addresses.map((fixedIp) => expect.objectContaining(fixedIp))),
      },
    ]);
    expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(mac);
    expect(await vm.docker('exec', container, 'ip', '-6', 'addr', 'show', 'dev', 'eth0')).toContain(
      'fd00:146::77/',
    );
    // Networks of different containers may overlap. For one container Docker refuses this, and nothing is
    // left over.
    await vm.docker('network', 'create', ...DRIVERS, '--subnet', '10.146.0.0/25', 'overlap');
    await vm.docker('network', 'create', ...DRIVERS, '--subnet', '10.145.0.0/24', 'second');
    try {
      const other = await vm.dockerRun('--network', 'overlap');
      const refused = await vm.machine.run(['docker', 'network', 'connect', 'overlap', container]);
      expect(refused.code).not.toBe(0);
      await vm.remove(other);
      await vm.docker('network', 'connect', '--ip', '10.145.0.9', 'second', container);
      // Docker counts the refused network in the interface's name: eth2.
      const inside = () => vm.docker('exec', container, 'ip', '-o', '-4', 'addr');
      expect(await inside()).toContain('inet 10.145.0.9/');
      await vm.docker('network', 'disconnect', '-f', 'second', container);
      expect(await inside()).not.toContain('10.145.0.9');
      expect(await vm.address(container)).toBe('10.146.0.77');
      await vm.docker('network', 'disconnect', '-f', 'several', container);
      expect(await ports()).toEqual([]);
    } finally {
      await vm.cleanUp();
      await vm.docker('network', 'rm', 'overlap', 'second');
    }
  });
});
