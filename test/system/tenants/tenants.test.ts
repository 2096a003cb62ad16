import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Api, type Resource } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { subport } from '../../support/trunk-scene.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Isolation of tenants: scenarios 41 and 42. VM-A is alice's, VM-C is bob's, both on one hypervisor. */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const c = new Vm(lab, 'vm-c');
const vifA = lab.state.vms['vm-a']?.portId ?? '';
const NETWORK = 'tenants';
const SUBNET = '10.186.0.0/24';
let alice: Api;
let bob: Api;
let aliceNetwork: Resource;
let bobNetwork: Resource;

beforeAll(async () => {
  [alice, bob] = [await Api.login(lab, 'alice'), await Api.login(lab, 'bob')];
  [aliceNetwork, bobNetwork] = [await makeNetwork(alice), await makeNetwork(bob)];
});
afterAll(async () => {
  await alice.delete('network', aliceNetwork.id);
  await bob.delete('network', bobNetwork.id);
});

async function makeNetwork(api: Api): Promise<Resource> {
  const network = await api.createNetwork(NETWORK, SUBNET);
  return network;
}

describe('alice’s resources', () => {
  leavesNoTraces(lab);

  it('scenario 41: bob may not use alice’s trunk, port or network by the API', async () => {
    const parent = await alice.create('port', { network_id: aliceNetwork.id });
    const trunk = await alice.create('trunk', { port_id: parent.id });
    const port = await bob.create('port', { network_id: bobNetwork.id });
    const profile = { 'binding:profile': { parent_name: vifA, tag: 3999 } };
    const subports = { sub_ports: [subport(port.id, 3999)] };
    try {
      const answers = await bob.callAll([
        // In trunk mode.
        ['POST', 'trunks', { trunk: { port_id: vifA } }],
        ['GET', `trunks/${trunk.id}`],
        ['PUT', `trunks/${trunk.id}/add_subports`, subports],
        ['PUT', `trunks/${trunk.id}/remove_subports`, subports],
        ['DELETE', `trunks/${trunk.id}`],
        // In port-binding mode.
        ['POST', 'ports', { port: { network_id: bobNetwork.id, ...profile } }],
        ['PUT', `ports/${port.id}`, { port: profile }],
        // The port and the network themselves.
        ['GET', `ports/${vifA}`],
        ['PUT', `ports/${vifA}`, { port: { name: 'bobs' } }],
        ['DELETE', `ports/${vifA}`],
        ['GET', `networks/${aliceNetwork.id}`],
        ['POST', 'ports', { port: { network_id: aliceNetwork.id } }],
      ]);
      const statuses = answers.map(({ status }) => status);
      // Neutron refuses binding:profile to all tenants; embedded-neutron checks who owns the parent.
      const binding = lab.state.apiKind === 'openstack' ? 403 : 404;
      expect(statuses).toEqual([404, 404, 404, 404, 404, binding, binding, 404, 404, 404, 404, 404]);
    } finally {
      await bob.delete('port', port.id);
      await alice.delete('trunk', trunk.id);
      await alice.delete('port', parent.id);
    }
  });

  it.each(['trunk', 'port-binding'])(
    'scenario 41: bob’s agent with alice’s vif-id refuses every container, in mode %s',
    async (mode) => {
      const restore = await configureAgent(lab, 'vm-c', { mode, vif_id: vifA, pool: { high: 0 } });
      try {
        const before = await pluggedNics(lab, 'vm-c');
        for (const way of [['--net=none'], []]) {
          const refused = await c.ovnDocker([`--network=${NETWORK}`, 'run', '--rm', ...way, 'busybox:local']);
          expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_VIF_UNKNOWN]')]);
        }
        expect(await pluggedNics(lab, 'vm-c')).toEqual(before);
        expect(await containerPorts(bob, bobNetwork.id)).toEqual([]);
      } finally {
        await restore();
      }
    },
  );

  it.each([
    ['with the driver', []],
    ['with --net=none', ['--net=none']],
  ])('scenario 41: bob may not use alice’s network, %s', async (_, way) => {
    // By its id, because bob has a network of the same name; for him no network has this id.
    const refused = await c.ovnDocker([
      `--network=${aliceNetwork.id}`,
      'run',
      '--rm',
      ...way,
      'busybox:local',
    ]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_NETWORK_UNKNOWN]')]);
    expect(await containerPorts(alice, aliceNetwork.id)).toEqual([]);
  });
});

describe('the same subnet and the same addresses on one hypervisor', () => {
  leavesNoTraces(lab);
  const [CLIENT, SERVER] = ['10.186.0.50', '10.186.0.60'];

  /**
   * Starts two containers on the tenant's own network, with the same addresses as the other tenant's
   * containers.
   */
  const startPair = async (vm: Vm) => {
    const named = ['-o', `neutron.net.name=${NETWORK}`, '--ipam-opt', `neutron.net.name=${NETWORK}`];
    const driver = [...DRIVERS, '--subnet', SUBNET];
    await vm.docker('network', 'create', ...driver, ...named, NETWORK);
    const run = (ip: string) => vm.dockerRun('--network', NETWORK, '--ip', ip);
    return { client: await run(CLIENT), server: await run(SERVER) };
  };
  const macInside = (vm: Vm, container: string) =>
    vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address');
  /** The MAC address that the client has for the server's address. */
  const neighbour = async (vm: Vm, client: string) => {
    await waitFor('an answer', () => vm.pings(client, SERVER));
    const table = await vm.docker('exec', client, 'cat', '/proc/net/arp');
    return /^10\.186\.0\.60 .* ([0-9a-f:]{17}) /m.exec(table)?.[1];
  };

  it('scenario 42: each client reaches the server of its own tenant, and no server if that one is removed', async () => {
    try {
      const [alicePair, bobPair] = [await startPair(a), await startPair(c)];
      const macs = [await macInside(a, alicePair.server), await macInside(c, bobPair.server)];
      expect(new Set(macs).size).toBe(2);
      expect([await neighbour(a, alicePair.client), await neighbour(c, bobPair.client)]).toEqual(macs);
      await c.remove(bobPair.server);
      const pings = ['ping', '-c', '3', '-i', '0.2', '-W', '1', SERVER];
      const { stdout } = await c.machine.run(['docker', 'exec', bobPair.client, ...pings]);
      expect(stdout).toContain('100% packet loss');
      expect(await a.pings(alicePair.client, SERVER)).toBe(true);
    } finally {
      for (const vm of [a, c]) {
        await vm.cleanUp();
        await vm.machine.run(['docker', 'network', 'rm', NETWORK]);
      }
    }
  });
});
