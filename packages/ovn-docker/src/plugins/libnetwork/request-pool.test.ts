import type { Neutron, SubnetPool } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { createWorld, subnetOf } from '../../../test/support/world.ts';
import { PoolRequests } from './open-requests.ts';
import { requestPool } from './request-pool.ts';

const ID = '6fd6997b-023a-4779-93e4-3c56836d96f2';
const pools = [
  { id: ID, name: 'four', ip_version: 4, prefixes: ['10.0.0.0/22'], default_prefixlen: '24' },
  { id: 'six-id', name: 'six', ip_version: 6, prefixes: ['fd00:6::/48'], default_prefixlen: '64' },
] as unknown as SubnetPool[];

/** A Neutron with subnet pools, unlike embedded-neutron: by name or id, as its API filters. */
function ask(
  request: { V6?: boolean; Pool?: string; SubPool?: string },
  Options: Record<string, string>,
  subnetPools: object = {
    all: async ({ id, name }: { id?: string; name?: string }) =>
      pools.filter((pool) => (id === undefined ? pool.name === name : pool.id === id)),
  },
) {
  const { engine, neutron } = createWorld();
  const requests = new PoolRequests();
  const withPools = { ...engine, neutron: { ...neutron.client, subnetPools } as unknown as Neutron };
  const asked = { AddressSpace: 'ovn-docker-local', Pool: '', SubPool: '', V6: false, Options, ...request };
  return { requests, answer: requestPool(withPools, requests, asked) };
}

describe('a subnet pool', () => {
  it.each([
    // The world's own subnet is 10.0.0.0/24.
    ['by its name', { 'neutron.pool.name': 'four' }, {}, '10.0.1.0/24', ID],
    ['by its id', { 'neutron.pool.uuid': ID }, {}, '10.0.1.0/24', ID],
    ['of IPv6', { 'neutron.pool.v6.name': 'six' }, { V6: true }, 'fd00:6::/64', 'six-id'],
    ['with --subnet', { 'neutron.pool.name': 'four' }, { Pool: '10.0.3.0/25' }, '10.0.3.0/25', ID],
  ])('%s: a free part of it, of its own length', async (_, options, request, cidr, subnetPoolId) => {
    const { requests, answer } = ask(request, options);
    expect(await answer).toEqual({ PoolID: `cidr/${cidr}`, Pool: cidr, Data: {} });
    // CreateNetwork has Neutron make the subnet out of the pool.
    expect(requests.take(cidr)).toMatchObject({ cidr, subnetPoolId });
  });

  it.each([
    ['none of the name', { 'neutron.pool.name': 'five' }, {}, 'E_NETWORK_UNKNOWN', 'five'],
    ['of the other IP version', { 'neutron.pool.name': 'six' }, {}, 'E_NETWORK_OPTION', 'IPv4'],
    [
      '--subnet outside of it',
      { 'neutron.pool.name': 'four' },
      { Pool: '10.9.0.0/24' },
      'E_NETWORK_OPTION',
      'no part',
    ],
  ])('%s is refused', async (_, options, request, code, words) => {
    const refused = { code, message: expect.stringContaining(words) };
    await expect(ask(request, options).answer).rejects.toMatchObject(refused);
  });

  it('of a Neutron that has none is refused as that', async () => {
    const all = async () => {
      throw refusal(404, 'HTTPNotFound');
    };
    await expect(ask({}, { 'neutron.pool.name': 'four' }, { all }).answer).rejects.toMatchObject({
      code: 'E_NETWORK_OPTION',
      message: expect.stringContaining('no subnet pools'),
    });
  });
});

it('the subnet of each IP version of an existing network is the one that is named', async () => {
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
  const asked = { AddressSpace: '', Pool: '', SubPool: '', Options };
  const pool = async (V6: boolean) =>
    (await requestPool(engine, new PoolRequests(), { ...asked, V6 })).PoolID.replace(/\/[^/]*$/, '');
  expect([await pool(false), await pool(true)]).toEqual(['subnet/other', 'subnet/six-2']);
});
