import { expect, test } from 'vitest';
import { startNorthbound } from '../../test/support/northbound.ts';
import { idOf, passwordAuth, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';
import { resources } from '../resources/index.ts';

const collections = resources.map(({ path }) => path);

/** The answers to all list calls and the quota, as text. */
async function readAll(cloud: TestCloud): Promise<string[]> {
  const { body } = await cloud.call('alice', 'GET', 'networks');
  const quota = await cloud.call('alice', 'GET', `quotas/${body.networks?.[0]?.project_id}/details`);
  const lists = [];
  for (const person of ['alice', 'bob', 'admin'] as const) {
    for (const path of collections) lists.push(JSON.stringify((await cloud.call(person, 'GET', path)).body));
  }
  return [JSON.stringify(quota.body), ...lists];
}

test('after a restart every list is the same, and tokens and application credentials are valid', async () => {
  await using nb = await startNorthbound();
  let credential = { id: '', secret: '' };
  let token = '';
  let before: string[] = [];
  {
    await using cloud = await startCloud({ nb });
    const post = (path: string, body: unknown) => cloud.call('alice', 'POST', path, body);
    const network_id = idOf(
      await post('networks', { network: { name: 'n', description: 'd', tags: ['t'] } }),
    );
    const subnet = {
      network_id,
      ip_version: 4,
      cidr: '10.0.0.0/24',
      dns_nameservers: ['9.9.9.9'],
      tags: ['s'],
    };
    await post('subnets', { subnet });
    await post('subnets', { subnet: { network_id, ip_version: 6, cidr: 'fd00::/64' } });
    const vm = idOf(await post('ports', { port: { network_id, name: 'vm', dns_name: 'x', tags: ['p'] } }));
    const sub = idOf(
      await post('ports', { port: { network_id, allowed_address_pairs: [{ ip_address: '1.2.3.4' }] } }),
    );
    const nested = {
      network_id,
      'binding:profile': { parent_name: vm, tag: 5 },
      port_security_enabled: false,
    };
    await post('ports', { port: nested });
    const trunk = {
      port_id: vm,
      sub_ports: [{ port_id: sub, segmentation_type: 'vlan', segmentation_id: 7 }],
    };
    expect((await post('trunks', { trunk })).status).toBe(201);
    const group = idOf(await post('security-groups', { security_group: { name: 'g' } }));
    const rule = {
      security_group_id: group,
      direction: 'ingress',
      protocol: 'icmp',
      remote_ip_prefix: '10.0.0.0/8',
    };
    expect((await post('security-group-rules', { security_group_rule: rule })).status).toBe(201);
    token = await cloud.token('alice');
    const me = await cloud.identity('GET', '/v3/auth/tokens', undefined, {
      'X-Auth-Token': token,
      'X-Subject-Token': token,
    });
    const made = await cloud.identity(
      'POST',
      `/v3/users/${me.body.token?.user.id}/application_credentials`,
      { application_credential: { name: 'plugin' } },
      { 'X-Auth-Token': token },
    );
    credential = made.body.application_credential ?? credential;
    before = await readAll(cloud);
  }
  await using cloud = await startCloud({ nb });
  expect(await readAll(cloud)).toEqual(before);
  expect(before.join()).toContain('"segmentation_id":7');
  const old = await cloud.call('alice', 'GET', 'networks?fields=id', undefined, { 'X-Auth-Token': token });
  expect(old.status).toBe(200);
  const methods = ['application_credential'];
  const again = await cloud.identity('POST', '/v3/auth/tokens', {
    auth: { identity: { methods, application_credential: credential } },
  });
  expect(again.status).toBe(201);
  expect((await cloud.identity('POST', '/v3/auth/tokens', passwordAuth('bob', 'bobpw', 'bob'))).status).toBe(
    201,
  );
});
