import type { Neutron, SubnetPool } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { createWorld, subnetOf } from '../../../test/support/world.ts';
import type { Engine } from '../../nics/engine.ts';
import { ipamDriver } from './ipam-driver.ts';
import { IpamPoolRequests } from './ipam-pool-requests.ts';

const ID = '6fd6997b-023a-4779-93e4-3c56836d96f2';
const existingSubnetPools = [
  { id: ID, name: 'four', ip_version: 4, prefixes: ['10.0.0.0/22'], default_prefixlen: '24' },
  { id: 'six-id', name: 'six', ip_version: 6, prefixes: ['fd00:6::/48'], default_prefixlen: '64' },
] as unknown as SubnetPool[];

/**
 * Calls RequestPool with a Neutron that has subnet pools, unlike embedded-neutron, and filters them by name
 * or id.
 */
function request(
  fields: { V6?: boolean; Pool?: string; SubPool?: string },
  Options: Record<string, string>,
  subnetPools: object = {
    all: async ({ id, name }: { id?: string; name?: string }) =>
      existingSubnetPools.filter((subnetPool) =>
        id === undefined ? subnetPool.name === name : subnetPool.id === id,
      ),
  },
) {
  const { engine, neutron } = createWorld();
  const requests = new IpamPoolRequests();
  const client = { ...neutron.client, subnetPools } as unknown as Neutron;
  const body = { AddressSpace: 'ovn-docker-local', Pool: '', SubPool: '', V6: false, Options, ...fields };
  return { requests, answer: requestPool({ ...engine, neutron: client }, requests, body) };
}

async function requestPool(engine: Engine, requests: IpamPoolRequests, body: object): Promise<unknown> {
  const call = ipamDriver(engine, requests)['RequestPool']?.accept(body);
  if (typeof call !== 'function') throw new Error(call);
  return await call();
}

describe('a subnet pool', () => {
  it.each([
    // 10.0.0.0/24 is taken by the subnet of `createWorld`.
    ['by its name', { 'neutron.pool.name': 'four' }, {}, '10.0.1.0/24', ID],
    ['by its id', { 'neutron.pool.uuid': ID }, {}, '10.0.1.0/24', ID],
    ['of IPv6', { 'neutron.pool.v6.name': 'six' }, { V6: true }, 'fd00:6::/64', 'six-id'],
    ['with --subnet', { 'neutron.pool.name': 'four' }, { Pool: '10.0.3.0/25' }, '10.0.3.0/25', ID],
  ])(
    '%s: chooses a free part of it, with its default prefix length',
    async (_, options, fields, cidr, subnetPoolId) => {
      const { requests, answer } = request(fields, options);
      expect(await answer).toEqual({ PoolID: `cidr/${cidr}`, Pool: cidr, Data: {} });
      // CreateNetwork passes the subnet pool to Neutron.
      expect(requests.take(cidr)).toMatchObject({ cidr, subnetPoolId });
    },
  );

  it.each([
    ['an unknown name', { 'neutron.pool.name': 'five' }, {}, 'E_SUBNET_UNKNOWN', 'five'],
    ['a subnet pool of the other IP version', { 'neutron.pool.name': 'six' }, {}, 'E_NETWORK_OPTION', 'IPv4'],
    [
      '--subnet outside of the subnet pool',
      { 'neutron.pool.name': 'four' },
      { Pool: '10.9.0.0/24' },
      'E_NETWORK_OPTION',
      'not part',
    ],
  ])('refuses %s', async (_, options, fields, code, words) => {
    const refused = { code, message: expect.stringContaining(words) };
    await expect(request(fields, options).answer).rejects.toMatchObject(refused);
  });

  it('says that this Neutron has no subnet pools', async () => {
    const all = async () => {
      throw refusal(404, 'HTTPNotFound');
    };
    await expect(request({}, { 'neutron.pool.name': 'four' }, { all }).answer).rejects.toMatchObject({
      code: 'E_NETWORK_OPTION',
      message: expect.stringContaining('no subnet pools'),
    });
  });
});

it('chooses the named subnet of each IP version on an existing network', async () => {
  const { engine, neutron } = createWorld();
  neutron.subnets.push(
    subnetOf('other', '10.1.0.0/24', { name: 'other' }),
    subnetOf('six-1', 'fd00:1::/64', { name: 'first', ip_version: 6 }),
    subnetOf('six-2', 'fd00:2::/64', { name: 'second', ip_version: 6 }),
  );
  const Options = {
    'neutron.net.name': 'net',
    'neutron.subnet.name': 'other',
    'neutron.subnet.v6.name': 'second',
  };
  const body = { AddressSpace: '', Pool: '', SubPool: '', Options };
  const subnet = async (V6: boolean) => {
    const answer = await requestPool(engine, new IpamPoolRequests(), { ...body, V6 });
    return (answer as { PoolID: string }).PoolID.replace(/\/[^/]*$/, '');
  };
  expect([await subnet(false), await subnet(true)]).toEqual(['subnet/other', 'subnet/six-2']);
});
