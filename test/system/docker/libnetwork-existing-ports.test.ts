import { openLab, waitFor } from '@ovn-docker/lab';
import { beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { containerPorts as portsOfContainers } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** `docker run` on a port that a tenant made before, with the real dockerd. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const SUBNET = '10.134.0.0/24';
const SUBNET6 = 'fd34::/64';
/** There, binding:profile is the tenant's to write and to see. */
const isEmbedded = lab.state.cloud === 'embedded';
let api: Api;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
});

/** A command that must fail. Returns what it says. */
const refusal = async (...args: string[]) => {
  const { code, stderr } = await vm.machine.run(['docker', ...args]);
  expect(code).not.toBe(0);
  return stderr;
};
const containerPorts = (network: string) => portsOfContainers(api, network);

/** Removes containers and Docker networks whatever became of the test. */
async function tidy(...networks: string[]): Promise<void> {
  await vm.cleanUp();
  await vm.removeUnstarted();
  for (const name of networks) await vm.machine.run(['docker', 'network', 'rm', name]);
}

describe('a port that is there already', () => {
  leavesNoTraces(lab);
  let network: Resource;
  let port: Resource;
  const ADDRESS = '10.134.0.77';
  const ADDRESS6 = 'fd34::77';

  const withPort = async (driver: readonly string[], work: () => Promise<void>, { dual = false } = {}) => {
    network = await api.create('network', { name: 'opt-there' });
    await api.create('subnet', { network_id: network.id, ip_version: 4, cidr: SUBNET });
    if (dual) {
      // The one that Docker's default IPAM takes.
      const gateway_ip = 'fd34::1';
      await api.create('subnet', { network_id: network.id, ip_version: 6, cidr: SUBNET6, gateway_ip });
    }
    const group = await api.create('security_group', { name: 'opt-group' });
    const fixed_ips = [ADDRESS, ...(dual ? [ADDRESS6] : [])].map((ip_address) => ({ ip_address }));
    const made = { network_id: network.id, name: 'mine', fixed_ips, security_groups: [group.id] };
    port = await api.create('port', made);
    // Later, because a real Neutron drops the tags of a new port.
    await api.call('PUT', `ports/${port.id}/tags`, { tags: ['red'] });
    port = await now();
    try {
      const option = 'neutron.net.name=opt-there';
      const ranges = ['--subnet', SUBNET, ...(dual ? ['--ipv6', '--subnet', SUBNET6] : [])];
      await vm.docker('network', 'create', '-d', 'ovn', ...driver, ...ranges, '-o', option, 'opt');
      await work();
    } finally {
      await tidy('opt');
      await api.delete('port', port.id);
      await api.delete('network', network.id);
      await api.delete('security_group', group.id);
    }
  };
  const now = async () => (await api.list('port', `id=${port.id}`))[0] ?? port;
  /** What the port was before, but for the times and the number of its changes. */
  const asFound = () => {
    const { updated_at, revision_number, status, ...rest } = port;
    return rest;
  };

  it.each([
    [
      'by its IP address',
      ['--ipam-driver', 'ovn', '--ipam-opt', 'neutron.net.name=opt-there'],
      ['--ip', ADDRESS],
    ],
    ['by its IP address, with Docker’s default IPAM', [], ['--ip', ADDRESS]],
  ])('%s: it is the container’s, and afterwards as it was', (_, driver, wanted) =>
    withPort(driver, async () => {
      const container = await vm.dockerRun('--network', 'opt', ...wanted);
      expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(
        port['mac_address'],
      );
      const { tags, ...used } = await now();
      expect(used).toMatchObject({ name: 'mine', security_groups: port['security_groups'] });
      expect(tags).toContain('red');
      expect(used).toMatchObject(
        isEmbedded ? { 'binding:profile': { tag: expect.any(Number) } } : { device_owner: 'trunk:subport' },
      );
      // It is in use now: nobody else gets it.
      expect(await refusal('run', '--rm', '--network', 'opt', ...wanted, IMAGE, 'true')).toMatch(
        /E_ADDRESS_IN_USE|already in use/i,
      );
      // A restart takes it again, and an agent that is started meanwhile knows that it is not its own.
      await vm.restartAgent('KILL');
      await vm.docker('restart', container);
      expect(await vm.address(container)).toBe(ADDRESS);
      await vm.remove(container);
      await waitFor('the port to be as it was', async () => (await now())['tags']?.toString() === 'red');
      expect(await now()).toMatchObject(asFound());
      expect(await containerPorts(network.id)).toHaveLength(1);
    }),
  );

  it('by its MAC address and its IP address', () =>
    withPort(['--ipam-driver', 'ovn', '--ipam-opt', 'neutron.net.name=opt-there'], async () => {
      const mac = String(port['mac_address']);
      // Docker is told an address before it says the MAC: alone, the MAC comes too late, and what to do is said.
      const late = await refusal('run', '--rm', '--network', 'opt', '--mac-address', mac, IMAGE, 'true');
      expect(late).toContain(`--ip ${ADDRESS}`);
      const container = await vm.dockerRun('--network', 'opt', '--mac-address', mac, '--ip', ADDRESS);
      expect(await vm.address(container)).toBe(ADDRESS);
      expect(await containerPorts(network.id)).toHaveLength(1);
    }));

  it('another MAC address than it has is refused, and it is as it was', () =>
    withPort(['--ipam-driver', 'ovn', '--ipam-opt', 'neutron.net.name=opt-there'], async () => {
      const wanted = ['--ip', ADDRESS, '--mac-address', '02:00:00:00:00:01'];
      const said = await refusal('run', '--rm', '--network', 'opt', ...wanted, IMAGE, 'true');
      expect(said).toContain('E_ADDRESS_IN_USE');
      expect(said).toContain('leave --mac-address out');
      await waitFor('the port to be as it was', async () => (await now())['tags']?.toString() === 'red');
      expect(await now()).toMatchObject(asFound());
    }));

  it.each([
    ['', ['--ipam-driver', 'ovn', '--ipam-opt', 'neutron.net.name=opt-there']],
    [', with Docker’s default IPAM', []],
  ])('of both IP versions%s: its two addresses, and no other one', (_, driver) =>
    withPort(
      driver,
      async () => {
        const run = (address: string) => ['--network', 'opt', '--ip', ADDRESS, '--ip6', address];
        const said = await refusal('run', '--rm', ...run('fd34::99'), IMAGE, 'true');
        expect(said).toContain('E_ADDRESS_IN_USE');
        expect(said).toContain(`--ip6 ${ADDRESS6}`);
        // Docker gives no second address back that it never had, nor the first one: it is free all the same.
        const container = await vm.dockerRun(...run(ADDRESS6));
        expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(
          port['mac_address'],
        );
        expect(await vm.docker('exec', container, 'ip', '-6', 'addr', 'show', 'eth0')).toContain(ADDRESS6);
      },
      { dual: true },
    ),
  );

  it('one that somebody uses is refused', () =>
    withPort(['--ipam-driver', 'ovn', '--ipam-opt', 'neutron.net.name=opt-there'], async () => {
      const vifId = lab.state.vms['vm-b']?.portId ?? '';
      const taken = isEmbedded
        ? { 'binding:profile': { parent_name: vifId, tag: 3999 } }
        : { device_owner: 'compute:nova', device_id: 'vm-b' };
      await api.call('PUT', `ports/${port.id}`, { port: taken });
      const said = await refusal('run', '--rm', '--network', 'opt', '--ip', ADDRESS, IMAGE, 'true');
      expect(said).toContain('E_ADDRESS_IN_USE');
      expect(await now()).toMatchObject(taken);
    }));
});
