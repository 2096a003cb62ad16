import { expect, it } from 'vitest';
import { createWorld, subnetOf } from '../../../test/support/world.ts';
import { gwAllocCheck } from './gw-alloc-check.ts';
import { requests } from './wire.ts';

const withGateway = subnetOf('with', '10.0.0.0/24');
const without = subnetOf('without', '10.1.0.0/24', { gateway_ip: null });
const v6Without = subnetOf('v6', 'fd00::/64', { gateway_ip: null, ip_version: 6 });

/** As dockerd 28.5.2 sends it for `docker network create -d ovn --ipv6 -o …`. */
const recorded = (generic: Record<string, string>, more = {}) =>
  requests.GwAllocCheck.parse({
    Options: {
      'com.docker.network.enable_ipv4': true,
      'com.docker.network.enable_ipv6': true,
      'com.docker.network.generic': generic,
      ...more,
    },
  });
const answer = (subnets: (typeof without)[], generic: Record<string, string>, more = {}) =>
  gwAllocCheck(createWorld({ subnets }).engine.neutron, recorded(generic, more));
const named = { 'neutron.net.uuid': 'network-1' };

it('scenario 48: Docker requests a gateway for a new network, and none if the network is internal', async () => {
  expect(await answer([], {})).toEqual({ SkipIPv4: false, SkipIPv6: false });
  expect(await answer([], {}, { 'com.docker.network.internal': true })).toEqual({
    SkipIPv4: true,
    SkipIPv6: true,
  });
});

it('scenario 48: Docker requests no gateway for the subnets of an existing network that have none', async () => {
  expect(await answer([without, v6Without], named)).toEqual({ SkipIPv4: true, SkipIPv6: true });
  expect(await answer([withGateway, v6Without], named)).toEqual({ SkipIPv4: false, SkipIPv6: true });
  expect(await answer([without], named)).toEqual({ SkipIPv4: true, SkipIPv6: false });
});

it('scenario 48: if the subnet is not certain yet, Docker requests a gateway', async () => {
  expect(await answer([without, withGateway], named)).toEqual({ SkipIPv4: false, SkipIPv6: false });
  const one = { ...named, 'neutron.subnet.uuid': 'without' };
  expect(await answer([without, withGateway], one)).toEqual({ SkipIPv4: true, SkipIPv6: false });
});
