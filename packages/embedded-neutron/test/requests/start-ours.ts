import { startCloud } from '../support/test-cloud.ts';
import { httpSend } from './http-send.ts';

/**
 * Starts an embedded-neutron that is configured like the real Neutron of a lab, with what a lab has: a flat
 * network, and rules that admit it in the default groups of both tenants.
 */
export async function startOurs() {
  const cloud = await startCloud({
    network: { dns_domain: 'openstacklocal.', physical_networks: { physnet1: { vlans: [100, 4000] } } },
  });
  const flat = { 'provider:network_type': 'flat', 'provider:physical_network': 'physnet1' };
  await cloud.call('admin', 'POST', 'networks', { network: { name: 'mgmt', shared: true, ...flat } });
  for (const tenant of ['alice', 'bob'] as const) {
    const groups = await cloud.call(tenant, 'GET', 'security-groups?name=default');
    for (const protocol of ['icmp', 'tcp']) {
      await cloud.call(tenant, 'POST', 'security-group-rules', {
        security_group_rule: {
          security_group_id: groups.body.security_groups?.[0]?.id,
          direction: 'ingress',
          ethertype: 'IPv4',
          protocol,
          remote_ip_prefix: '10.20.0.0/24',
        },
      });
    }
  }
  const { networkUrl: network, identityUrl: identity } = cloud.service;
  const tokens = {
    alice: await cloud.token('alice'),
    bob: await cloud.token('bob'),
    admin: await cloud.token('admin'),
  };
  return {
    cloud,
    ...httpSend({ network, identity, tokens }),
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}
