import { openLab, waitFor } from '@ovn-docker/lab';
import { beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { containerPorts as portsOfContainers } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** `docker run` with a Neutron port that the tenant created before, with the real dockerd. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const SUBNET = '10.134.0.0/24';
const SUBNET6 = 'fd34::/64';
/** With embedded-neutron a tenant can write and read `binding:profile`. */
const isEmbedded = lab.state.apiKind === 'embedded';
let api: Api;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
});

const containerPorts = (network: string) => portsOfContainers(api, network);

describe('an existing port', () => {
  leavesNoTraces(lab);
  let network: Resource;
  let port: Resource;
  const ADDRESS = '10.134.0.77';
  const ADDRESS6 = 'fd34::77';

  const withPort = async (work: () => Promise<void>, { dual = false } = {}) => {
    network = await api.create('network', { name: 'opt-existing' });
    await api.create('subnet', { network_id: network.id, ip_version: 4, cidr: SUBNET });
    if (dual) {
      await api.create('subnet', { network_id: network.id, ip_version: 6, cidr: SUBNET6 });
    }
    const group = await api.create('security_group', { name: 'opt-group' });
    const fixed_ips = [ADDRESS, ...(dual ? [ADDRESS6] : [])].map((ip_address) => ({ ip_address }));
    const attributes = { network_id: network.id, name: 'mine', fixed_ips, security_groups: [group.id] };
    port = await api.create('port', attributes);
    // Set afterwards, because a real Neutron drops the tags of a new port.
    await api.call('PUT', `ports/${port.id}/tags`, { tags: ['red'] });
    port = await current();
    try {
      const option = 'neutron.net.name=opt-existing';
      const ranges = ['--subnet', SUBNET, ...(dual ? ['--ipv6', '--subnet', SUBNET6] : [])];
      await vm.docker('network', 'create', ...DRIVERS, ...ranges, '-o', option, '--ipam-opt', option, 'opt');
      await work();
    } finally {
      await vm.tidy('opt');
      await api.delete('port', port.id);
      await api.delete('network', network.id);
      await api.delete('security_group', group.id);
    }
  };
  const current = async () => (await api.list('port', `id=${port.id}`))[0] ?? port;
  /** The port's attributes before the test, without status, update time and revision. */
  const before = () => {
    const { updated_at, revision_number, status, ...rest } = port;
    return rest;
  };

  it('by its IP address: the container gets the port, and afterwards the port is as before', () =>
    withPort(async () => {
      const options = ['--ip', ADDRESS];
      const container = await vm.dockerRun('--network', 'opt', ...options);
      expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(
        port['mac_address'],
      );
      const { tags, ...used } = await current();
      expect(used).toMatchObject({ name: 'mine', security_groups: port['security_groups'] });
      expect(tags).toContain('red');
      expect(used).toMatchObject(
        isEmbedded ? { 'binding:profile': { tag: expect.any(Number) } } : { device_owner: 'trunk:subport' },
      );
      // The port is in use: no other container gets it.
      expect(await vm.dockerRefusal('run', '--rm', '--network', 'opt', ...options, IMAGE, 'true')).toMatch(
        /E_ADDRESS_IN_USE|already in use/i,
      );
      // A restarted container gets the port again, and a new agent knows that the port is the user's.
      await vm.restartAgent('KILL');
      await vm.docker('restart', container);
      expect(await vm.address(container)).toBe(ADDRESS);
      await vm.remove(container);
      await waitFor('the port to be as before', async () => (await current())['tags']?.toString() === 'red');
      expect(await current()).toMatchObject(before());
      expect(await containerPorts(network.id)).toHaveLength(1);
    }));

  it('by its MAC address and its IP address', () =>
    withPort(async () => {
      const mac = String(port['mac_address']);
      // Docker requests the address before it names the MAC: a MAC alone is refused, with a hint.
      const hint = await vm.dockerRefusal(
        'run',
        '--rm',
        '--network',
        'opt',
        '--mac-address',
        mac,
        IMAGE,
        'true',
      );
      expect(hint).toContain(`--ip ${ADDRESS}`);
      const container = await vm.dockerRun('--network', 'opt', '--mac-address', mac, '--ip', ADDRESS);
      expect(await vm.address(container)).toBe(ADDRESS);
      expect(await containerPorts(network.id)).toHaveLength(1);
    }));

  it('a MAC address other than the port’s is refused, and the port is as before', () =>
    withPort(async () => {
      const options = ['--ip', ADDRESS, '--mac-address', '02:00:00:00:00:01'];
      const error = await vm.dockerRefusal('run', '--rm', '--network', 'opt', ...options, IMAGE, 'true');
      expect(error).toContain('E_ADDRESS_IN_USE');
      expect(error).toContain('leave --mac-address out');
      await waitFor('the port to be as before', async () => (await current())['tags']?.toString() === 'red');
      expect(await current()).toMatchObject(before());
    }));

  it('a port of both IP versions: the container gets its two addresses and no other ones', () =>
    withPort(
      async () => {
        const run = (address: string) => ['--network', 'opt', '--ip', ADDRESS, '--ip6', address];
        const error = await vm.dockerRefusal('run', '--rm', ...run('fd34::99'), IMAGE, 'true');
        expect(error).toContain('E_ADDRESS_IN_USE');
        expect(error).toContain(`--ip6 ${ADDRESS6}`);
        // After the refusal Docker releases neither address; the port is free nevertheless.
        const container = await vm.dockerRun(...run(ADDRESS6));
        expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(
          port['mac_address'],
        );
        expect(await vm.docker('exec', container, 'ip', '-6', 'addr', 'show', 'eth0')).toContain(ADDRESS6);
      },
      { dual: true },
    ));

  it('a port in use is refused', () =>
    withPort(async () => {
      const vifId = lab.state.vms['vm-b']?.portId ?? '';
      const inUse = isEmbedded
        ? { 'binding:profile': { parent_name: vifId, tag: 3999 } }
        : { device_owner: 'compute:nova', device_id: 'vm-b' };
      await api.call('PUT', `ports/${port.id}`, { port: inUse });
      const error = await vm.dockerRefusal('run', '--rm', '--network', 'opt', '--ip', ADDRESS, IMAGE, 'true');
      expect(error).toContain('E_ADDRESS_IN_USE');
      expect(await current()).toMatchObject(inUse);
    }));
});
