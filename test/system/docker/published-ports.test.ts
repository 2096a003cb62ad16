import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { dockerId, Plugin } from '../../support/plugin.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, IMAGE, SERVE_ROUTES, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Containers that publish ports, on Docker's bridge and on logical networks. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const plugin = new Plugin(vm.machine);
const SUBNET = '10.147.0.0/24';
const POOL = `cidr/${SUBNET}`;
/** One published port, as dockerd sends it in CreateEndpoint and Join. */
const PORTMAP = {
  'com.docker.network.portmap': [
    { Proto: 6, IP: '', Port: 80, HostIP: '', HostPort: 8147, HostPortEnd: 8147 },
  ],
};
/** The name sorts before `bridge`: Docker would make it the gateway of the container. */
const NETWORK = 'apps';

leavesNoTraces(lab);
beforeAll(() => vm.tidy(NETWORK));
afterEach(() => vm.tidy(NETWORK, 'users'));

const createNetwork = (...options: string[]) =>
  vm.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, ...options, NETWORK);
const url = `http://${lab.state.vms['vm-a']?.address}:8147/`;
const answersOutside = () =>
  waitFor('an answer at the published port', async () => {
    const { code } = await lab.machine('phys').run(['curl', '--silent', '--max-time', '1', url]);
    return code === 0;
  });
const routes = (container: string) => vm.docker('exec', container, 'ip', 'route');

describe('a container on a bridge and on a logical network', () => {
  it.each(['bridge', 'users'])(
    'scenario 47: keeps the ports that it publishes on %s, also over restarts',
    async (name) => {
      await createNetwork();
      if (name !== 'bridge') await vm.docker('network', 'create', name);
      const options = ['--network', name, '--publish', '8147:80'];
      const container = await vm.runDetached(...options, ...SERVE_ROUTES);
      await answersOutside();
      await vm.docker('network', 'connect', NETWORK, container);
      await answersOutside();
      await vm.docker('restart', container);
      await answersOutside();
      const [first, second] = (await routes(container))
        .split('\n')
        .filter((line) => line.startsWith('default'));
      expect(first).toMatch(/^default via 172\./);
      expect(second).toMatch(/^default via 10\.147\.0\.1 dev eth\d +metric [4-8]\d\d\d/);
    },
  );
});

describe('a container on logical networks only', () => {
  it('scenario 47: starts with -p, has its default route from the first instruction on, and causes a warning', async () => {
    await createNetwork();
    await vm.machine.start('viewer', ['ovn-docker', 'events', '--json']);
    await waitFor('the stream of events', async () => {
      await vm.docker('run', '--rm', '--network', NETWORK, IMAGE, 'true');
      return vm.machine.log('viewer') !== '';
    });
    const container = await vm.runDetached('--network', NETWORK, '--publish', '8147:80', ...SERVE_ROUTES);
    expect(await vm.docker('exec', container, 'cat', '/tmp/index.html')).toContain(
      'default via 10.147.0.1 dev eth0',
    );
    const address = await vm.address(container);
    for (const log of ['viewer', 'agent']) {
      await vm.machine.waitForLog(log, `"container":"${container.slice(0, 12)}","published":"8147->80/tcp"`);
      expect(vm.machine.log(log)).toContain(`"addresses":"${address}"`);
    }
    await vm.machine.stop('viewer');
    // Docker's bridge publishes the ports as soon as the container is on it.
    await vm.docker('network', 'connect', 'bridge', container);
    await answersOutside();
    await vm.docker('network', 'disconnect', 'bridge', container);
    expect(await routes(container)).toContain('default via 10.147.0.1 dev eth0');
  });

  it('scenario 47: gets its default route although the agent was killed between Join and the start', async () => {
    await createNetwork();
    const container = await vm.runDetached('--network', NETWORK, '--publish', '8147:80', ...SERVE_ROUTES);
    await vm.machine.must([
      'nsenter',
      `--net=${await sandboxOf(container)}`,
      'ip',
      'route',
      'delete',
      'default',
    ]);
    await vm.restartAgent('KILL');
    await waitFor('the default route', async () =>
      (await routes(container)).includes('default via 10.147.0.1'),
    );
  });
});

const sandboxOf = (container: string) =>
  vm.docker('inspect', '--format', '{{.NetworkSettings.SandboxKey}}', container);

describe('the calls of dockerd', () => {
  /** What dockerd sends for an endpoint, whether or not another network will publish the ports. */
  async function answersTo(network: string, inCreateEndpoint: object): Promise<Record<string, unknown>[]> {
    const [Address, EndpointID] = [await plugin.requestAddress(POOL), dockerId()];
    const ids = { NetworkID: network, EndpointID };
    const Interface = { Address, AddressIPv6: '', MacAddress: '' };
    const created = await plugin.answer('NetworkDriver.CreateEndpoint', {
      ...ids,
      Interface,
      Options: inCreateEndpoint,
    });
    const joined = await plugin.answer('NetworkDriver.Join', {
      ...ids,
      SandboxKey: '/run/none',
      Options: PORTMAP,
    });
    await plugin.deleteEndpoint(network, EndpointID);
    await plugin.releaseAddress(POOL, Address);
    return [created.body, joined.body];
  }

  it('scenario 47: whether or not a bridge has joined before, Join names no gateway to Docker', async () => {
    const network = await createNetwork();
    for (const inCreateEndpoint of [PORTMAP, {}]) {
      const [created, joined] = await answersTo(network, inCreateEndpoint);
      expect(created).toEqual({ Interface: { MacAddress: expect.any(String) } });
      expect(joined).toMatchObject({ DisableGatewayService: true, StaticRoutes: [] });
      expect(joined).not.toHaveProperty('Gateway');
    }
  });

  it('scenario 47: -o neutron.publish=refuse refuses the container in every order', async () => {
    const network = await createNetwork('-o', 'neutron.publish=refuse');
    const [created] = await answersTo(network, PORTMAP);
    expect(created?.['Err']).toContain('E_PUBLISH');
    const [, joined] = await answersTo(network, {});
    expect(joined?.['Err']).toContain('E_PUBLISH');
    const real = await vm.dockerRefusal('run', '--rm', '--network', NETWORK, '-p', '80', IMAGE, 'true');
    expect(real).toContain('takes no container that publishes ports: 80/tcp [E_PUBLISH]');
  });
});

describe('docker.publish: refuse', () => {
  let restore: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    restore = await configureAgent(lab, 'vm-a', { docker: { publish: 'refuse' } });
  });
  afterAll(() => restore?.());

  it('scenario 47: refuses published ports on every network that does not say otherwise', async () => {
    await createNetwork();
    const publish = ['--network', NETWORK, '-p', '8147:80'];
    expect(await vm.dockerRefusal('run', '--rm', ...publish, IMAGE, 'true')).toContain('E_PUBLISH');
    await vm.tidy(NETWORK);
    await createNetwork('-o', 'neutron.publish=warn');
    await vm.docker('run', '--rm', ...publish, IMAGE, 'true');
  });
});
