import { openLab, waitFor } from '@ovn-docker/lab';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Api, type Resource } from '../../support/api.ts';
import { containerPorts as portsOfContainers } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Options of `docker network create` and `docker run` for the drivers, with the real dockerd. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const SUBNET = '10.134.0.0/24';
let api: Api;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
});

const create = (...options: string[]) => vm.docker('network', 'create', ...DRIVERS, ...options);
const createRefusal = (...options: string[]) => vm.dockerRefusal('network', 'create', ...DRIVERS, ...options);
const subnetOf = async (dockerId: string) =>
  (await api.list('subnet', `network_id=${(await api.networkOf(dockerId))?.id}`))[0];
interface AllocationPool {
  readonly start: string;
  readonly end: string;
}
const ranges = (pools: readonly AllocationPool[]) => pools.map(({ start, end }) => `${start}-${end}`).sort();
/** A real Neutron returns allocation pools in any order. */
const inAnyOrder = (...pools: AllocationPool[]) =>
  expect.toSatisfy((shown: AllocationPool[]) => `${ranges(shown)}` === `${ranges(pools)}`);
const containerPorts = (network: string) => portsOfContainers(api, network);
const routes = (container: string) => vm.docker('exec', container, 'ip', 'route');

describe('a new network', () => {
  leavesNoTraces(lab);
  afterEach(() => vm.tidy('opt', 'opt2'));

  it('--ip-range limits the containers’ addresses', async () => {
    const id = await create(
      '--subnet',
      SUBNET,
      '--ip-range',
      '10.134.0.64/28',
      '--gateway',
      '10.134.0.65',
      'opt',
    );
    expect(await subnetOf(id)).toMatchObject({
      gateway_ip: '10.134.0.65',
      allocation_pools: inAnyOrder(
        { start: '10.134.0.64', end: '10.134.0.64' },
        { start: '10.134.0.66', end: '10.134.0.79' },
      ),
    });
    const container = await vm.dockerRun('--network', 'opt');
    expect(await vm.address(container)).toMatch(/^10\.134\.0\.(6[46-9]|7\d)$/);
  });

  it('no container gets an --aux-address', async () => {
    const id = await create('--subnet', '10.134.0.0/29', '--aux-address', 'router=10.134.0.3', 'opt');
    expect(await subnetOf(id)).toMatchObject({
      allocation_pools: inAnyOrder(
        { start: '10.134.0.2', end: '10.134.0.2' },
        { start: '10.134.0.4', end: '10.134.0.6' },
      ),
    });
  });

  it('--internal: no gateway, no default route, no second interface', async () => {
    const id = await create('--subnet', SUBNET, '--internal', 'opt');
    expect(await subnetOf(id)).toMatchObject({ gateway_ip: null });
    const container = await vm.dockerRun('--network', 'opt');
    expect(await routes(container)).toMatch(/^10\.134\.0\.0\/24 dev eth0[^\n]*$/);
  });

  it('-o com.docker.network.driver.mtu sets the MTU of the network and its containers', async () => {
    const id = await create('--subnet', SUBNET, '-o', 'com.docker.network.driver.mtu=1300', 'opt');
    expect(await api.networkOf(id)).toMatchObject({ mtu: 1300 });
    const container = await vm.dockerRun('--network', 'opt');
    expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/mtu')).toBe('1300');
    const tooLarge = await createRefusal('-o', 'com.docker.network.driver.mtu=9000', 'opt2');
    expect(tooLarge).toMatch(/has MTU 9000, but .* only 1500 \[E_MTU\]/);
    expect(await createRefusal('-o', 'com.docker.network.driver.mtu=12', 'opt2')).toContain(
      'E_NETWORK_OPTION',
    );
  });

  it('--ipv6 without a subnet: a unique local subnet', async () => {
    const id = await create('--ipv6', 'opt');
    const subnets = await api.list('subnet', `network_id=${(await api.networkOf(id))?.id}`);
    expect(subnets.map(({ cidr }) => cidr)).toContainEqual(expect.stringMatching(/^fd[0-9a-f:]+::\/64$/));
  });

  it('-o neutron.security_groups: its containers have these groups instead of the default one', async () => {
    const group = await api.create('security_group', { name: 'opt-group' });
    try {
      const id = await create('--subnet', SUBNET, '-o', 'neutron.security_groups=opt-group', 'opt');
      await vm.dockerRun('--network', 'opt');
      const ports = await containerPorts((await api.networkOf(id))?.id ?? '');
      expect(ports).toMatchObject([{ security_groups: [group.id] }]);
      const more = ['--subnet', '10.136.0.0/24', '-o', 'neutron.security_groups=default,opt-group'];
      const other = await create(...more, 'opt2');
      await vm.dockerRun('--network', 'opt2');
      const [port] = await containerPorts((await api.networkOf(other))?.id ?? '');
      expect(port?.['security_groups']).toEqual(expect.arrayContaining([group.id, expect.any(String)]));
      expect(port?.['security_groups']).toHaveLength(2);
      expect(await createRefusal('-o', 'neutron.security_groups=nowhere', 'opt3')).toContain(
        'E_SECURITY_GROUP_UNKNOWN',
      );
    } finally {
      await vm.tidy('opt', 'opt2');
      await api.delete('security_group', group.id);
    }
  });

  it('-o neutron.net.shared shares the network with all projects, if the cloud allows it to the user', async () => {
    const error = await createRefusal('--subnet', SUBNET, '-o', 'neutron.net.shared=true', 'opt');
    expect(error).toContain('E_FORBIDDEN');
    const id = await create('--subnet', SUBNET, '-o', 'neutron.net.shared=False', 'opt');
    expect(await api.networkOf(id)).toMatchObject({ shared: false });
  });

  it('a misspelt option is refused, and nothing is created; the agent warns of a key that it does not know', async () => {
    for (const option of ['neutron.net.nmae=mgmt', 'neutron.security-groups=default', 'neutron.net.name=']) {
      for (const flag of ['-o', '--ipam-opt']) {
        expect(await createRefusal(flag, option, 'opt')).toMatch(/E_OPTION_UNKNOWN|E_NETWORK_OPTION/);
      }
    }
    expect(await createRefusal('-o', 'neutron.net.nmae=mgmt', 'opt')).toContain(
      'did you mean "neutron.net.name"',
    );
    await create('--subnet', SUBNET, '-o', 'foo=bar', 'opt');
    await waitFor('the warning', async () => vm.machine.log('agent').includes('does not know -o foo'));
  });

  it('of two networks with one CIDR at once, one is created and the other is refused', async () => {
    const command = (name: string) => ['docker', 'network', 'create', ...DRIVERS, '--subnet', SUBNET, name];
    const results = await Promise.all(['opt', 'opt2'].map((name) => vm.machine.run(command(name))));
    expect(results.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(results.find(({ code }) => code === 1)?.stderr).toContain('E_CIDR');
    const all = await api.list('network');
    expect(all.filter(({ name }) => String(name).startsWith('docker-'))).toHaveLength(1);
  });

  it('two networks at once without a subnet get different subnets', async () => {
    await Promise.all([create('opt'), create('opt2')]);
    const format = '{{(index .IPAM.Config 0).Subnet}}';
    const cidrs = await vm.docker('network', 'inspect', '--format', format, 'opt', 'opt2');
    expect(new Set(cidrs.split('\n')).size).toBe(2);
  });

  // A real Neutron has subnet pools, and answers that this one does not exist.
  it.runIf(lab.state.apiKind === 'embedded')(
    'a subnet pool of a cloud without subnet pools: one clear refusal',
    async () => {
      const error = await createRefusal('--ipam-opt', 'neutron.pool.name=shared', 'opt');
      expect(error).toContain('no subnet pools');
      expect(error).toContain('E_NETWORK_OPTION');
    },
  );
});

describe('an existing network', () => {
  leavesNoTraces(lab);
  let network: Resource;
  let subnet: Resource;

  /** Creates a network with this subnet and another one for a test. */
  const withNetwork = async (attributes: Record<string, unknown>, work: () => Promise<void>) => {
    network = await api.create('network', { name: 'opt-existing' });
    const common = { network_id: network.id, ip_version: 4 };
    await api.create('subnet', { ...common, name: 'opt-other', cidr: '10.137.0.0/24' });
    subnet = await api.create('subnet', { ...common, name: 'opt-subnet', cidr: SUBNET, ...attributes });
    try {
      await work();
    } finally {
      await vm.tidy('opt', 'opt2');
      await api.delete('network', network.id);
    }
  };
  const both = (option: string) => ['-o', option, '--ipam-opt', option];

  it.each([
    ['neutron.subnet.uuid', () => `neutron.subnet.uuid=${subnet.id}`],
    ['neutron.subnet.name', () => 'neutron.subnet.name=opt-subnet'],
  ])('%s: containers get addresses of that subnet', (_, option) =>
    withNetwork({}, async () => {
      await create(...both(option()), 'opt');
      const container = await vm.dockerRun('--network', 'opt');
      const fixed = [{ subnet_id: subnet.id, ip_address: await vm.address(container) }];
      expect(await containerPorts(network.id)).toMatchObject([{ fixed_ips: fixed }]);
    }),
  );

  it('the option is given to only one of the two drivers', () =>
    withNetwork({}, async () => {
      await create('--ipam-opt', 'neutron.subnet.name=opt-subnet', 'opt');
      await create('-o', 'neutron.net.name=opt-existing', '--subnet', '10.137.0.0/24', 'opt2');
      await Promise.all([vm.dockerRun('--network', 'opt'), vm.dockerRun('--network', 'opt2')]);
      expect(await containerPorts(network.id)).toHaveLength(2);
    }));

  it('without --ipam-driver ovn it is refused, and the error says what is missing', () =>
    withNetwork({}, async () => {
      const named = ['-o', 'neutron.net.name=opt-existing'];
      for (const ipam of [
        ['--subnet', SUBNET],
        ['--ipam-driver', 'null'],
      ]) {
        const error = await vm.dockerRefusal('network', 'create', '-d', 'ovn', ...ipam, ...named, 'opt');
        expect(error).toContain('E_IPAM_DRIVER');
        expect(error).toContain('--ipam-driver ovn');
      }
    }));

  it('options that contradict the existing network are refused', () =>
    withNetwork({}, async () => {
      const named = both('neutron.subnet.name=opt-subnet');
      const contradictions = [
        ['--subnet', SUBNET, '--gateway', '10.134.0.77'],
        ['--subnet', SUBNET, '--ip-range', '10.134.0.64/28'],
        ['--subnet', SUBNET, '--aux-address', 'a=10.134.0.9'],
        ['-o', 'com.docker.network.driver.mtu=1200'],
      ];
      for (const options of contradictions) {
        expect([options, await createRefusal(...named, ...options, 'opt')]).toEqual([
          options,
          expect.stringContaining('E_NETWORK_OPTION'),
        ]);
      }
      expect(await createRefusal(...named, '--subnet', '10.138.0.0/24', 'opt')).toContain(
        'E_NETWORK_NO_SUBNET',
      );
    }));

  it('a subnet without a gateway: its containers have no default route', () =>
    withNetwork({ gateway_ip: null }, async () => {
      await create(...both('neutron.subnet.name=opt-subnet'), '--subnet', SUBNET, 'opt');
      const container = await vm.dockerRun('--network', 'opt');
      expect(await routes(container)).toMatch(/^10\.134\.0\.0\/24 dev eth0[^\n]*$/);
      // The driver reports the network address as gateway: a container can have the first address.
      const first = await vm.dockerRun('--network', 'opt', '--ip', '10.134.0.1');
      expect(await vm.address(first)).toBe('10.134.0.1');
    }));

  it('scenario 26: host routes become static routes; a container on two such networks gets each route once', () =>
    withNetwork(
      {
        // No container gets the address of a next hop: it would not get the route to itself.
        allocation_pools: [{ start: '10.134.0.20', end: '10.134.0.127' }],
        host_routes: [
          { destination: '192.0.2.0/24', nexthop: '10.134.0.9' },
          // The container's own network.
          { destination: SUBNET, nexthop: '10.134.0.9' },
          // The next hop is not on the network: the kernel refuses such a route.
          { destination: '198.51.100.0/24', nexthop: '10.1.2.3' },
        ],
      },
      async () => {
        const twin = await api.create('network', { name: 'opt-twin' });
        const host_routes = ['192.0.2.0/24', SUBNET, '10.134.0.128/25'].map((destination) => ({
          destination,
          nexthop: '10.139.0.9',
        }));
        await api.create('subnet', {
          network_id: twin.id,
          ip_version: 4,
          cidr: '10.139.0.0/24',
          allocation_pools: [{ start: '10.139.0.20', end: '10.139.0.254' }],
          host_routes,
        });
        try {
          await create(...both('neutron.subnet.name=opt-subnet'), 'opt');
          await create(...both('neutron.net.name=opt-twin'), 'opt2');
          const container = await vm.dockerRun('--network', 'opt');
          expect(await routes(container)).toContain('192.0.2.0/24 via 10.134.0.9');
          await vm.docker('network', 'connect', 'opt2', container);
          const table = await routes(container);
          expect(table.match(/^192\.0\.2\.0\/24 /gm)).toHaveLength(1);
          expect(table).not.toContain('198.51.100.0');
          // Docker joins both networks one right after the other, before the container has any route. Its
          // order differs from time to time.
          for (const again of ['stop', 'start', ...Array<string>(6).fill('restart')])
            await vm.docker(again, container);
          expect((await routes(container)).match(/^192\.0\.2\.0\/24 /gm)).toHaveLength(1);
          await vm.remove(container);
        } finally {
          await vm.tidy('opt', 'opt2');
          await api.delete('network', twin.id);
        }
      },
    ));

  it('scenario 26: a container that is the next hop of its subnet starts without a route to itself', () =>
    withNetwork({ host_routes: [{ destination: '192.0.2.0/24', nexthop: '10.134.0.9' }] }, async () => {
      await create(...both('neutron.subnet.name=opt-subnet'), '--subnet', SUBNET, 'opt');
      const router = await vm.dockerRun('--network', 'opt', '--ip', '10.134.0.9');
      expect(await routes(router)).not.toContain('192.0.2.0');
      const gateway = await vm.dockerRun('--network', 'opt', '--ip', '10.134.0.1');
      expect(await routes(gateway)).toContain('192.0.2.0/24 via 10.134.0.9');
      expect(await routes(gateway)).not.toContain('default');
    }));

  it('neutron.subnet.v6.name: containers get addresses of that IPv6 subnet and of the IPv4 subnet', () =>
    withNetwork({}, async () => {
      const v6 = { network_id: network.id, ip_version: 6, gateway_ip: null };
      await api.create('subnet', { ...v6, name: 'opt-six', cidr: 'fd34:1::/64' });
      const second = await api.create('subnet', { ...v6, name: 'opt-six-2', cidr: 'fd34:2::/64' });
      const named = [...both('neutron.subnet.name=opt-subnet'), ...both('neutron.subnet.v6.name=opt-six-2')];
      await create(...named, '--ipv6', '--subnet', SUBNET, '--subnet', 'fd34:2::/64', 'opt');
      const container = await vm.dockerRun('--network', 'opt');
      const [port] = await containerPorts(network.id);
      const fixed = port?.['fixed_ips'] as { subnet_id: string; ip_address: string }[];
      expect(fixed.map(({ subnet_id }) => subnet_id).sort()).toEqual([subnet.id, second.id].sort());
      const shown = await vm.docker('exec', container, 'ip', 'addr', 'show', 'eth0');
      for (const { ip_address } of fixed) expect(shown).toContain(ip_address);
    }));

  it('two Docker networks on one subnet, each with its own security groups', () =>
    withNetwork({}, async () => {
      const group = await api.create('security_group', { name: 'opt-group' });
      try {
        const named = both('neutron.subnet.name=opt-subnet');
        await create(...named, 'opt');
        await create(...named, '-o', 'neutron.security_groups=opt-group', 'opt2');
        const container = await vm.dockerRun('--network', 'opt2');
        const withGroup = {
          security_groups: [group.id],
          fixed_ips: [{ ip_address: await vm.address(container) }],
        };
        expect(await containerPorts(network.id)).toMatchObject([withGroup]);
        const [other] = await Promise.all([vm.dockerRun('--network', 'opt')]);
        const without = (await containerPorts(network.id)).filter(
          ({ security_groups: groups }) => !(groups as string[]).includes(group.id),
        );
        expect(without).toMatchObject([{ fixed_ips: [{ ip_address: await vm.address(other ?? '') }] }]);
      } finally {
        await vm.tidy('opt', 'opt2');
        await api.delete('security_group', group.id);
      }
    }));
});

describe('docker.driver in the configuration', () => {
  leavesNoTraces(lab);

  it('after a change of the name, containers and networks of the former driver stay as they are', async () => {
    const id = await create('--subnet', SUBNET, 'opt');
    const [one, other] = await Promise.all([1, 2].map(() => vm.dockerRun('--network', 'opt')));
    const address = (await vm.address(other ?? '')) ?? '';
    const reach = () => waitFor('an answer', () => vm.pings(one ?? '', address), 10_000);
    await reach();
    const restore = await configureAgent(lab, 'vm-a', { pool: { high: 0 }, docker: { driver: 'neutron' } });
    try {
      // A pass of the reconciler removes everything that the agent takes for a leftover.
      expect((await vm.ovnDocker(['gc'])).code).toBe(0);
      await reach();
      expect(await api.networkOf(id)).toBeDefined();
    } finally {
      await restore();
      await vm.tidy('opt');
    }
    expect(await api.networkOf(id)).toBeUndefined();
  });

  it('it names both drivers, and `ovn-docker run` uses it', async () => {
    const driver = 'neutron';
    const restore = await configureAgent(lab, 'vm-a', { pool: { high: 0 }, docker: { driver } });
    try {
      await vm.docker('network', 'create', '-d', driver, '--ipam-driver', driver, '--subnet', SUBNET, 'opt');
      expect(await vm.address(await vm.dockerRun('--network', 'opt'))).toMatch(/^10\.134\.0\./);
      const container = await vm.run('mgmt');
      const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}';
      const name = await vm.docker('inspect', '--format', format, container);
      expect(await vm.docker('network', 'inspect', '--format', '{{.Driver}}', name)).toBe(driver);
      await vm.tidy('opt', name);
    } finally {
      await restore();
    }
  });
});
