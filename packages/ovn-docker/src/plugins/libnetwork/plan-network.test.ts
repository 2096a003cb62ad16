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
    subnets: [{ cidr, gateway: '10.9.0.1', reserved: ['10.9.0.9'], range: '10.9.0.128/25', ipamPoolId }],
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
