import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { IpamPoolRequests } from './ipam-pool-requests.ts';
import { planNetwork } from './plan-network.ts';
import { ADDRESS_SPACE, requests } from './wire.ts';

const cidr = '10.9.0.0/24';
const ipamPoolId = `cidr/${cidr}`;
const body = (fields: object = {}) =>
  requests.CreateNetwork.parse({
    NetworkID: 'n',
    Options: { 'com.docker.network.internal': true, 'com.docker.network.generic': { mtu: 1400 } },
    IPv4Data: [{ AddressSpace: ADDRESS_SPACE, Pool: cidr, Gateway: '10.9.0.1/24', ...fields }],
  });

it('joins the data of CreateNetwork and of RequestPool', async () => {
  const { neutron } = createWorld();
  const ipamPoolRequests = new IpamPoolRequests();
  ipamPoolRequests.add({ ipamPoolId, cidr, range: '10.9.0.128/25' });
  const request = body({ AuxAddresses: { host: '10.9.0.9/24' } });
  expect(await planNetwork(neutron.client, ipamPoolRequests, request)).toEqual({
    existing: undefined,
    options: { mtu: '1400' },
    internal: true,
    subnets: [
      {
        cidr,
        gateway: '10.9.0.1',
        reserved: ['10.9.0.9'],
        range: '10.9.0.128/25',
        ipamPoolId,
        isDockers: false,
      },
    ],
  });
});

it('takes the existing network from the IPAM options', async () => {
  const { neutron, target } = createWorld();
  const ipamPoolRequests = new IpamPoolRequests();
  ipamPoolRequests.add({ ipamPoolId, cidr, networkId: target.network.id });
  const { existing } = await planNetwork(neutron.client, ipamPoolRequests, body());
  expect(existing?.network.id).toBe(target.network.id);
});

it('refuses a new subnet of this IPAM driver if the agent has no RequestPool call for it', async () => {
  const { neutron } = createWorld();
  const plan = (AddressSpace: string) =>
    planNetwork(neutron.client, new IpamPoolRequests(), body({ AddressSpace }));
  await expect(plan(ADDRESS_SPACE)).rejects.toMatchObject({ code: 'E_NETWORK_OPTION' });
  expect((await plan('LocalDefault')).subnets).toMatchObject([{ cidr }]);
});

/** A request on the existing network `net` with the address spaces of its IPAM pools. */
const named = (IPv4Data: object[], IPv6Data: object[] = []) => ({
  ...body(),
  Options: { 'com.docker.network.generic': { 'neutron.net.name': 'net' } },
  ...requests.CreateNetwork.pick({ IPv4Data: true, IPv6Data: true }).parse({ IPv4Data, IPv6Data }),
});
const ofDocker = { AddressSpace: 'LocalDefault', Pool: '10.0.0.0/24' };
const ofAgent = { AddressSpace: ADDRESS_SPACE, Pool: '10.0.0.0/24' };

it.each([
  ['an existing network without --ipam-driver ovn', named([ofDocker])],
  ['an existing network with --ipam-driver null', named([{ AddressSpace: 'null', Pool: '0.0.0.0/0' }])],
  [
    'an existing network whose IPv6 addresses Docker would choose',
    named([ofAgent], [{ ...ofDocker, Pool: 'fd00::/64' }]),
  ],
  ['a new network with --ipam-driver null', body({ AddressSpace: 'null', Pool: '0.0.0.0/0' })],
])('refuses %s, and the hint names the missing option', async (_, request) => {
  const { neutron } = createWorld();
  const plan = planNetwork(neutron.client, new IpamPoolRequests(), request);
  await expect(plan).rejects.toMatchObject({
    code: 'E_IPAM_DRIVER',
    hint: expect.stringContaining('--ipam-driver ovn'),
  });
});

it('refuses a network without any subnet', async () => {
  const { neutron } = createWorld();
  await expect(planNetwork(neutron.client, new IpamPoolRequests(), named([]))).rejects.toMatchObject({
    code: 'E_NETWORK_OPTION',
    hint: expect.stringContaining('--ipv6'),
  });
});

it('without this IPAM driver, Neutron makes no port for DHCP on a new network', async () => {
  const { neutron } = createWorld();
  const { subnets } = await planNetwork(
    neutron.client,
    new IpamPoolRequests(),
    body({ AddressSpace: 'LocalDefault' }),
  );
  expect(subnets).toMatchObject([{ isDockers: true }]);
});
