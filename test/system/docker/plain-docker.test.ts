import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, IMAGE, STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

const lab = openLab(LAB);
const alice = new Vm(lab, 'vm-a');
const SUBNET = '10.130.0.0/24';
let api: Api;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
});

/** The Neutron network that the driver created for the Docker network `name`. */
async function neutronNetwork(name: string): Promise<Resource | undefined> {
  const id = await alice.docker('network', 'inspect', '--format', '{{.Id}}', name);
  return api.networkOf(id);
}

describe('docker network create creates a Neutron network, docker network rm deletes it', () => {
  leavesNoTraces(lab);
  afterEach(() => alice.cleanUp());

  it.each([
    ['with --subnet', [...DRIVERS, '--subnet', SUBNET], SUBNET],
    ['with --subnet and --gateway', [...DRIVERS, '--subnet', SUBNET, '--gateway', '10.130.0.254'], SUBNET],
    ['without a subnet', DRIVERS, undefined],
    ['with Docker’s default IPAM', ['-d', 'ovn', '--subnet', SUBNET], SUBNET],
  ])('%s', async (_, options, cidr) => {
    await alice.docker('network', 'create', ...options, 'plain');
    const network = await neutronNetwork('plain');
    expect(network).toBeDefined();
    const [subnet] = await api.list('subnet', `network_id=${network?.id}`);
    const shown = await alice.docker(
      'network',
      'inspect',
      '--format',
      '{{(index .IPAM.Config 0).Subnet}}',
      'plain',
    );
    expect(subnet).toMatchObject({ cidr: cidr ?? shown });
    if (options.includes('--gateway')) expect(subnet).toMatchObject({ gateway_ip: '10.130.0.254' });

    const [one, other] = await Promise.all([1, 2].map(() => alice.dockerRun('--network', 'plain')));
    const address = await alice.address(other ?? '');
    const ports = await api.list('port', `network_id=${network?.id}`);
    const addresses = ports.flatMap(({ fixed_ips }) => fixed_ips as { ip_address: string }[]);
    expect(addresses.map(({ ip_address }) => ip_address)).toContain(address);
    await waitFor('the first answer', () => alice.pings(one ?? '', address ?? ''), 10_000);

    await alice.remove(one ?? '', other ?? '');
    expect(await containerPorts(api, network?.id ?? '')).toEqual([]);
    await alice.docker('network', 'rm', 'plain');
    expect(await api.list('network', `id=${network?.id}`)).toEqual([]);
  });
});

describe('docker network create on an existing Neutron network', () => {
  leavesNoTraces(lab);
  let network: Resource;

  it.each([
    ['by name', () => 'neutron.net.name=plain-existing'],
    ['by id', () => `neutron.net.uuid=${network.id}`],
  ])('%s: docker network rm keeps the Neutron network', async (_, option) => {
    network = await api.createNetwork('plain-existing', SUBNET);
    try {
      const options = ['--subnet', SUBNET, '-o', option(), '--ipam-opt', option()];
      await alice.docker('network', 'create', ...DRIVERS, ...options, 'plain');
      const container = await alice.dockerRun('--network', 'plain');
      const ports = await api.list('port', `network_id=${network.id}`);
      expect(ports).toMatchObject([{ fixed_ips: [{ ip_address: await alice.address(container) }] }]);
      await alice.remove(container);
      await alice.docker('network', 'rm', 'plain');
      expect(await api.list('network', `id=${network.id}`)).toHaveLength(1);
    } finally {
      await alice.cleanUp();
      await api.delete('network', network.id);
    }
  });
});

describe('containers on a network', () => {
  leavesNoTraces(lab);

  /** Creates two Docker networks for a test. */
  const withNetworks = async (work: () => Promise<void>) => {
    const names = ['plain', 'plain2'];
    await alice.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, 'plain');
    await alice.docker('network', 'create', ...DRIVERS, '--subnet', '10.131.0.0/24', 'plain2');
    try {
      await work();
    } finally {
      await alice.cleanUp();
      await alice.docker('network', 'rm', ...names);
    }
  };

  it('the port has the addresses of --ip and --mac-address', () =>
    withNetworks(async () => {
      const options = ['--ip', '10.130.0.77', '--mac-address', '02:42:ac:11:00:77'];
      const container = await alice.dockerRun('--network', 'plain', ...options);
      expect(await alice.address(container)).toBe('10.130.0.77');
      expect(await alice.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(options[3]);
      const port = { mac_address: options[3], fixed_ips: [{ ip_address: '10.130.0.77' }] };
      expect(await api.list('port', `mac_address=${options[3]}`)).toMatchObject([port]);
      const peer = await alice.dockerRun('--network', 'plain');
      await waitFor('the first answer', () => alice.pings(peer, '10.130.0.77'), 10_000);
      // The address is in use: one clear refusal, and the container does not start.
      await expect(alice.dockerRun('--network', 'plain', '--ip', '10.130.0.77')).rejects.toThrow(
        'E_ADDRESS_IN_USE',
      );
      await alice.removeUnstarted();
    }));

  it('after stop, start and restart a container is on the network again', () =>
    withNetworks(async () => {
      const peer = await alice.dockerRun('--network', 'plain');
      const address = (await alice.address(peer)) ?? '';
      const container = await alice.dockerRun('--network', 'plain');
      await alice.docker('stop', container);
      await alice.docker('start', container);
      await waitFor('an answer after start', () => alice.pings(container, address), 10_000);
      await alice.docker('restart', container);
      await waitFor('an answer after restart', () => alice.pings(container, address), 10_000);
      const network = await neutronNetwork('plain');
      expect(await api.list('port', `network_id=${network?.id}`)).toHaveLength(2);
    }));

  it('network connect and disconnect of a second network', () =>
    withNetworks(async () => {
      const peer = await alice.dockerRun('--network', 'plain2');
      const address = (await alice.address(peer)) ?? '';
      const container = await alice.dockerRun('--network', 'plain');
      expect(await alice.pings(container, address)).toBe(false);
      await alice.docker('network', 'connect', 'plain2', container);
      expect(await alice.address(container, 'eth1')).toMatch(/^10\.131\.0\./);
      await waitFor('an answer over eth1', () => alice.pings(container, address), 10_000);
      await alice.docker('network', 'disconnect', 'plain2', container);
      expect(await alice.address(container, 'eth1')).toBeUndefined();
      expect(await alice.address(container)).toMatch(/^10\.130\.0\./);
      const network = await neutronNetwork('plain2');
      expect(await api.list('port', `network_id=${network?.id}`)).toHaveLength(1);
    }));
});

describe('ovn-docker run', () => {
  leavesNoTraces(lab);

  it('a --net=none container has its eth0, address and MAC again after stop and start', async () => {
    try {
      const container = await alice.run('mgmt', '--net=none');
      const mac = () => alice.docker('exec', container, 'cat', '/sys/class/net/eth0/address');
      const before = [await alice.address(container), await mac()];
      await alice.docker('stop', container);
      await alice.docker('start', container);
      await waitFor('eth0', () => alice.address(container));
      expect([await alice.address(container), await mac()]).toEqual(before);
      const vm = lab.state.vms['vm-b']?.address ?? '';
      await waitFor('an answer from VM-B', () => alice.pings(container, vm), 10_000);
    } finally {
      await alice.cleanUp();
    }
  });

  it.each([
    ['with --net=none', ['--net=none']],
    ['with the driver', []],
  ])('ten containers at once, %s: VLANs and addresses are distinct', async (_, mode) => {
    try {
      const before = (await pluggedNics(lab, 'vm-a')).length;
      const ids = await Promise.all(Array.from({ length: 10 }, () => alice.run('mgmt', ...mode)));
      const addresses = await Promise.all(ids.map((id) => alice.address(id)));
      expect(addresses).not.toContain(undefined);
      expect(new Set(addresses).size).toBe(10);
      const nics = await pluggedNics(lab, 'vm-a');
      expect(nics).toHaveLength(before + 10);
      expect(new Set(nics.map(({ vlan }) => vlan)).size).toBe(before + 10);
    } finally {
      await alice.cleanUp();
      await alice.removeNetworks('name=^mgmt');
    }
  });
});

describe('network options of ovn-docker run --net=none', () => {
  leavesNoTraces(lab);

  it('the agent honours --ip and --mac-address, warns about -p, and leaves IPv6 disabled', async () => {
    const network = await api.createNetwork('none-options', SUBNET);
    const v6 = { ip_version: 6, cidr: 'fd00:130::/64', network_id: network.id };
    await api.create('subnet', v6);
    const mac = '02:42:ac:11:00:78';
    const address = ['--ip', '10.130.0.78', '--mac-address', mac];
    try {
      const sysctl = ['--sysctl', 'net.ipv6.conf.all.disable_ipv6=1'];
      const command = [
        '--network=none-options',
        'run',
        '-dp',
        '8080:80',
        '--net=none',
        ...address,
        ...sysctl,
      ];
      const started = await alice.ovnDocker([...command, '--name', 'none-options', IMAGE, ...STAY]);
      expect(started).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('warning: -p has no effect'),
      });
      const inside = (...args: string[]) => alice.docker('exec', 'none-options', ...args);
      expect(await alice.address('none-options')).toBe('10.130.0.78');
      expect(await inside('cat', '/sys/class/net/eth0/address')).toBe(mac);
      expect(await inside('ip', '-6', 'addr', 'show', 'dev', 'eth0')).toBe('');
      const foreign = ['run', '--net=none', '--ip', '10.9.9.9', IMAGE, 'true'];
      expect((await alice.ovnDocker(['--network=none-options', ...foreign])).stderr).toContain(
        'no subnet of network "none-options" has 10.9.9.9',
      );
      await alice.docker('rm', '--force', 'none-options');
      await waitFor('the port to be deleted', async () => {
        return (await containerPorts(api, network.id)).length === 0;
      });
    } finally {
      await alice.machine.run(['docker', 'rm', '--force', 'none-options']);
      await api.deleteEmptyNetwork(network);
    }
  });
});
