import type { Subnet } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { addOwnPort, bootAgent } from '../../../test/support/booted-agent.ts';
import { lost } from '../../../test/support/fake-neutron.ts';
import { createWorld, subnetOf } from '../../../test/support/world.ts';
import { recordForBoot } from '../../agent/record-for-boot.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import type { Engine } from '../../nics/engine.ts';
import { libnetworkServer } from './server.ts';

const NETWORK = 'a'.repeat(64);
const poolOf = ({ id }: Subnet) => `subnet/${id}/0badcafe`;
const route = { destination: '192.0.2.0/24', nexthop: '10.0.0.9' };
const v4 = subnetOf('v4', '10.0.0.0/24', { host_routes: [route] });
const v6 = subnetOf('v6', 'fd00::/64', { ip_version: 6, gateway_ip: 'fd00::1' });

/** One server for each agent: it remembers which container requests its second address. */
const servers = new WeakMap<Engine, ReturnType<typeof libnetworkServer>>();

/** Sends a call, which must succeed. */
async function call(engine: Engine, name: string, body: object): Promise<Record<string, unknown>> {
  const request = { method: 'POST', body: JSON.stringify(body) };
  const server = servers.get(engine) ?? libnetworkServer(engine, 'warn');
  servers.set(engine, server);
  const answer = (await (await server.request(`/${name}`, request)).json()) as object;
  expect(answer).not.toHaveProperty('Err');
  expect(answer).not.toHaveProperty('Error');
  return answer as Record<string, unknown>;
}

/** What dockerd sends for the start of a container. */
async function start(engine: Engine, subnets: readonly Subnet[], EndpointID: string, Address = '') {
  const addresses: string[] = [];
  for (const subnet of subnets) {
    const asked = subnet.ip_version === 4 ? Address : '';
    const answer = await call(engine, 'IpamDriver.RequestAddress', {
      PoolID: poolOf(subnet),
      Address: asked,
    });
    addresses.push(answer['Address'] as string);
  }
  const ids = { NetworkID: NETWORK, EndpointID };
  const [ipv4 = '', ipv6 = ''] = addresses;
  await call(engine, 'NetworkDriver.CreateEndpoint', {
    ...ids,
    Interface: { Address: ipv4, AddressIPv6: ipv6 },
  });
  const join = await call(engine, 'NetworkDriver.Join', { ...ids, SandboxKey: '/run/netns/none' });
  await call(engine, 'NetworkDriver.EndpointOperInfo', ids);
  return { addresses, join };
}

/** What dockerd sends at its start for a container that ran before the reboot. */
async function release(engine: Engine, subnets: readonly Subnet[], EndpointID: string, addresses: string[]) {
  const ids = { NetworkID: NETWORK, EndpointID };
  await call(engine, 'NetworkDriver.Leave', ids);
  await call(engine, 'NetworkDriver.DeleteEndpoint', ids);
  for (const [index, subnet] of subnets.entries()) {
    const [Address] = (addresses[index] ?? '').split('/');
    await call(engine, 'IpamDriver.ReleaseAddress', { PoolID: poolOf(subnet), Address });
  }
}

it.each([
  ['IPv4, without warm NICs', [v4], 0, ''],
  ['IPv4, with --ip', [v4], 0, '10.0.0.77'],
  ['IPv4, with warm NICs', [v4], 4, ''],
  ['both IP versions', [v4, v6], 4, ''],
] as const)(
  'scenario 44: dockerd starts a container at a boot without Neutron, which is asked nothing: %s',
  async (_, subnets, high, ip) => {
    const world = createWorld({ subnets, marks: { high } });
    addOwnPort(world);
    // A third subnet, which the Docker network does not have: the agent names the others in its requests.
    Object.assign(world.target.network, { subnets: [...world.target.network.subnets, 'other'] });
    const recorded = subnets.map((subnet) => ({ id: subnet.id, cidr: subnet.cidr, pool: poolOf(subnet) }));
    await dockerNetworks.put(world.vm.vmSwitch, NETWORK, {
      network: 'network-1',
      subnets: recorded,
      made: false,
    });
    const before = await start(world.engine, subnets, 'one', ip);
    await recordForBoot(world.engine);
    for (const name of world.links.byName.keys()) if (name !== 'eth0') world.links.byName.delete(name);
    world.neutron.away = lost('not-sent');
    const { engine } = bootAgent(world, { high });
    await engine.vm();
    world.neutron.calls.length = 0;

    // dockerd may also ask whether the driver still has the network.
    await call(engine, 'NetworkDriver.CreateNetwork', { NetworkID: NETWORK, IPv4Data: [] });
    await release(engine, subnets, 'one', before.addresses);
    const after = await start(engine, subnets, 'two', ip);
    const { InterfaceName: _name, ...join } = before.join;
    expect(after.join).toMatchObject(join);
    expect(after.addresses).toEqual(before.addresses);
    expect([engine.nics.size, world.neutron.calls]).toEqual([1, []]);
    expect([...world.links.byName.keys()].sort()).toEqual(['eth0', 'ovn-1', 'ovn-1c']);
  },
);
