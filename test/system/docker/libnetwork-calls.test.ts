import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Api } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { dockerId, Plugin } from '../../support/plugin.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * Calls that libnetwork may send but the real dockerd cannot be made to send: scenarios 16 to 19, 23 and 25.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const plugin = new Plugin(vm.machine);
const SUBNET = '10.132.0.0/24';
const SUBNET6 = 'fd00:132::/64';
const POOL = `cidr/${SUBNET}`;
const POOL6 = `cidr/${SUBNET6}`;
const OPTIONS = [...DRIVERS, '--subnet', SUBNET];
let api: Api;
let network: string;
let restore: (() => Promise<void>) | undefined;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  restore = await configureAgent(lab, 'vm-a', { pool: { high: 0 }, reconcile: { every: 1, patience: 1 } });
});
afterAll(() => restore?.());

/** Creates a Docker network for each test. The reconciler removes NICs that were claimed for no endpoint. */
function onNetwork(...options: string[]): void {
  leavesNoTraces(lab);
  beforeEach(async () => {
    network = await vm.docker('network', 'create', ...OPTIONS, ...options, 'calls');
  });
  afterEach(async () => {
    await waitFor('the NICs to be released', async () => (await nics()).length === 0, 30_000);
    await vm.docker('network', 'rm', 'calls');
  });
}

const neutronNetwork = async () => (await api.networkOf(network))?.id ?? '';
/** The Neutron ports of the containers on the network. */
const nics = async () => containerPorts(api, await neutronNetwork());

describe('the life of an endpoint', () => {
  onNetwork();

  it('scenario 16: DeleteEndpoint never arrives: ReleaseAddress alone releases the NIC', async () => {
    const plugged = await pluggedNics(lab, 'vm-a');
    const [address, endpoint] = [await plugin.requestAddress(POOL), dockerId()];
    await plugin.createEndpoint(network, endpoint, { Address: address });
    await plugin.join(network, endpoint);
    expect(await pluggedNics(lab, 'vm-a')).toHaveLength(plugged.length + 1);
    await plugin.releaseAddress(POOL, address);
    expect(await pluggedNics(lab, 'vm-a')).toEqual(plugged);
    expect(await nics()).toEqual([]);
    // A late DeleteEndpoint succeeds, though there is nothing to delete.
    expect(await plugin.deleteEndpoint(network, endpoint)).toEqual({});
  });

  it('scenario 17: a second CreateEndpoint or Join changes nothing; an empty body is answered 400 and breaks nothing', async () => {
    const [address, endpoint] = [await plugin.requestAddress(POOL), dockerId()];
    const created = await plugin.createEndpoint(network, endpoint, { Address: address });
    expect(await plugin.createEndpoint(network, endpoint, { Address: address })).toEqual(created);
    const joined = await plugin.join(network, endpoint);
    for (const call of [
      'CreateEndpoint',
      'Join',
      'Leave',
      'DeleteEndpoint',
      'CreateNetwork',
      'DeleteNetwork',
    ]) {
      expect([call, (await plugin.answer(`NetworkDriver.${call}`, '')).status]).toEqual([call, 400]);
    }
    for (const call of ['RequestPool', 'ReleasePool', 'RequestAddress', 'ReleaseAddress']) {
      expect([call, (await plugin.answer(`IpamDriver.${call}`, '')).status]).toEqual([call, 400]);
    }
    expect(await plugin.join(network, endpoint)).toEqual(joined);
    expect(await nics()).toHaveLength(1);
    // Another endpoint does not get the address of this one.
    const other = { NetworkID: network, EndpointID: dockerId(), Interface: { Address: address } };
    const refused = await plugin.answer('NetworkDriver.CreateEndpoint', other);
    expect(refused.body['Err']).toContain('E_ADDRESS_IN_USE');
    await plugin.leave(network, endpoint);
    for (const _ of [1, 2]) await plugin.deleteEndpoint(network, endpoint);
    for (const _ of [1, 2]) await plugin.releaseAddress(POOL, address);
    expect(await nics()).toEqual([]);
  });

  it('scenario 17: of simultaneous duplicates of each call, all succeed, and there is one NIC', async () => {
    const ids = { NetworkID: network, EndpointID: dockerId() };
    const address = await plugin.requestAddress(POOL);
    const thrice = async (call: string, body: object) => {
      const answers = await Promise.all([1, 2, 3].map(() => plugin.call(`NetworkDriver.${call}`, body)));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    };
    await thrice('CreateEndpoint', { ...ids, Interface: { Address: address } });
    // The Joins plug the port again.
    const [port] = await nics();
    const plugged = (await pluggedNics(lab, 'vm-a')).find(({ portId }) => portId === port?.id);
    await vm.machine.must(['ovs-vsctl', 'del-port', `ovn-${plugged?.vlan}`]);
    await thrice('Join', { ...ids, SandboxKey: '/run/docker/netns/none' });
    expect(await nics()).toHaveLength(1);
    await thrice('Leave', ids);
    await thrice('DeleteEndpoint', ids);
    const release = { PoolID: POOL, Address: address.split('/')[0] };
    await Promise.all([1, 2, 3].map(() => plugin.call('IpamDriver.ReleaseAddress', release)));
    expect(await nics()).toEqual([]);
  });

  it('scenario 18: RequestAddress without a CreateEndpoint: the claim expires', async () => {
    await plugin.requestAddress(POOL);
    await waitFor('the NIC to be released', async () => (await nics()).length === 0);
  });

  it('scenario 19: Leave before Join, and a Join that dockerd rolls back', async () => {
    const [address, endpoint] = [await plugin.requestAddress(POOL), dockerId()];
    await plugin.createEndpoint(network, endpoint, { Address: address });
    await plugin.leave(network, endpoint);
    // A late Join succeeds, and the NIC is complete.
    expect(await plugin.join(network, endpoint)).toMatchObject({ InterfaceName: { DstPrefix: 'eth' } });
    await plugin.leave(network, endpoint);
    await plugin.deleteEndpoint(network, endpoint);
    await plugin.releaseAddress(POOL, address);
    expect(await nics()).toEqual([]);
    // The real dockerd: after Join it finds that the container's program does not exist.
    const failed = await vm.machine.run([
      'docker',
      'run',
      '--network',
      'calls',
      'busybox:local',
      '/not-there',
    ]);
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('/not-there');
    await vm.docker('rm', ...(await vm.docker('ps', '-aq', '--filter', 'network=calls')).split('\n'));
    expect(await nics()).toEqual([]);
  });

  it('EndpointOperInfo returns port, VLAN and state', async () => {
    const [address, endpoint] = [await plugin.requestAddress(POOL), dockerId()];
    await plugin.createEndpoint(network, endpoint, { Address: address });
    const { Value } = await plugin.call('NetworkDriver.EndpointOperInfo', {
      NetworkID: network,
      EndpointID: endpoint,
    });
    const [port] = await nics();
    const nic = (await pluggedNics(lab, 'vm-a')).find(({ portId }) => portId === port?.id);
    expect(Value).toEqual({
      'neutron.port.uuid': port?.id,
      'neutron.network.uuid': await neutronNetwork(),
      'ovn.vlan': String(nic?.vlan),
      'ovn.state': 'claimed',
    });
    await plugin.deleteEndpoint(network, endpoint);
    await plugin.releaseAddress(POOL, address);
  });

  it('scenario 25: the client hangs up in the middle of a call: the NIC of the lost answer is released', async () => {
    const logged = vm.machine.log('agent').length;
    for (const _ of [1, 2, 3]) {
      const sent = plugin.send('IpamDriver.RequestAddress', { PoolID: POOL, Address: '', Options: null });
      sent.on('error', () => undefined);
      await new Promise((resolve) => sent.on('finish', resolve));
      sent.destroy();
    }
    // The agent has carried calls out, or the test would prove nothing.
    await waitFor('the calls to be carried out', async () => (await nics()).length > 0);
    await waitFor('the NICs to be released', async () => (await nics()).length === 0, 30_000);
    expect(vm.machine.log('agent').slice(logged)).not.toContain('E_INTERNAL');
  });

  it('scenario 25: no handler waits for dockerd: the agent answers all calls while dockerd is stopped', async () => {
    const dockerd = Number((await vm.machine.must(['pgrep', '-x', 'dockerd'])).trim().split('\n')[0]);
    await vm.machine.must(['kill', '-STOP', String(dockerd)]);
    try {
      const [id, endpoint, cidr] = [dockerId(), dockerId(), '10.133.0.0/24'];
      await plugin.call('IpamDriver.RequestPool', { AddressSpace: 'ovn-docker-local', Pool: cidr });
      const IPv4Data = [{ AddressSpace: 'ovn-docker-local', Pool: cidr, Gateway: '10.133.0.1/24' }];
      await plugin.call('NetworkDriver.CreateNetwork', { NetworkID: id, Options: {}, IPv4Data });
      const address = await plugin.requestAddress(`cidr/${cidr}`);
      await plugin.createEndpoint(id, endpoint, { Address: address });
      await plugin.join(id, endpoint);
      await plugin.leave(id, endpoint);
      await plugin.deleteEndpoint(id, endpoint);
      await plugin.releaseAddress(`cidr/${cidr}`, address);
      await plugin.call('IpamDriver.ReleasePool', { PoolID: `cidr/${cidr}` });
      await plugin.call('NetworkDriver.DeleteNetwork', { NetworkID: id });
    } finally {
      await vm.machine.must(['kill', '-CONT', String(dockerd)]);
    }
  });
});

describe('both IP versions', () => {
  // No claim expires in these tests, so that a slow container keeps its NIC.
  let restorePatience: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    restorePatience = await configureAgent(lab, 'vm-a', {
      pool: { high: 0 },
      reconcile: { every: 1, patience: 60 },
    });
  });
  afterAll(() => restorePatience?.());
  onNetwork('--ipv6', '--subnet', SUBNET6);

  /** The addresses of each port, IPv4 first. */
  const pairs = async () =>
    (await nics()).map(({ fixed_ips }) =>
      (fixed_ips as { ip_address: string }[])
        .map(({ ip_address }) => ip_address)
        .sort((one, two) => Number(one.includes(':')) - Number(two.includes(':'))),
    );
  const bare = (cidr: string) => cidr.split('/')[0] ?? '';

  it('scenario 23: a slow container gets both addresses of one port too', async () => {
    const a4 = await plugin.requestAddress(POOL);
    // The agent answers when the first container's time to request its second address is over.
    const b4 = await plugin.requestAddress(POOL);
    const [a6, b6] = [await plugin.requestAddress(POOL6), await plugin.requestAddress(POOL6)];
    expect(new Set([a4, b4, a6, b6]).size).toBe(4);
    const [a, b] = [dockerId(), dockerId()];
    await plugin.createEndpoint(network, a, { Address: a4, AddressIPv6: a6 });
    await plugin.createEndpoint(network, b, { Address: b4, AddressIPv6: b6 });
    const shown = await pairs();
    expect(shown).toContainEqual([bare(a4), bare(a6)]);
    expect(shown).toContainEqual([bare(b4), bare(b6)]);
    for (const endpoint of [a, b]) await plugin.deleteEndpoint(network, endpoint);
    for (const address of [a4, b4]) await plugin.releaseAddress(POOL, address);
    for (const address of [a6, b6]) await plugin.releaseAddress(POOL6, address);
    await waitFor('the NICs to be released', async () => (await nics()).length === 0, 30_000);
  });

  it('scenario 23: of containers that start at once, each has both addresses of one port', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => vm.dockerRun('--network', 'calls')));
    const reported = await Promise.all(
      ids.map(async (id) => {
        const format =
          '{{with index .NetworkSettings.Networks "calls"}}{{.IPAddress}} {{.GlobalIPv6Address}}{{end}}';
        return (await vm.docker('inspect', '--format', format, id)).split(' ');
      }),
    );
    expect((await pairs()).toSorted()).toEqual(reported.toSorted());
    // The container's interface has the port's addresses.
    const inside = await vm.docker('exec', ids[0] ?? '', 'ip', '-o', 'addr', 'show', 'dev', 'eth0');
    for (const address of reported[0] ?? []) expect(inside).toContain(`${address}/`);
    await vm.remove(...ids);
  });
});
