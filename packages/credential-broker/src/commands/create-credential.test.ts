import { isCallAllowed } from '@ovn-docker/openstack';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultyNeutron, startFaultyNeutron } from '../../test/support/faulty-neutron.ts';
import { type JoinedVm, joinVm, makeNetwork, makeVm } from '../../test/support/scene.ts';
import { environmentOf, startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';
import { accessRulesFor } from '../api/access-rules.ts';
import { createCredential } from './create-credential.ts';

/** A broker with a credential that `credential` made, and all that it sends to Neutron. */
let broker: TestBroker;
let neutron: FaultyNeutron;
let network: string;
let vm: JoinedVm;

beforeAll(async () => {
  broker = await startTestBroker('', {
    neutron: async (url) => {
      neutron = await startFaultyNeutron(url);
      return neutron.url;
    },
  });
});
beforeAll(async () => {
  network = await makeNetwork(broker, '127.0.9.0/24');
  vm = await joinVm(broker, await makeVm(broker, network, '127.0.9.5'), { with_networks: true });
});
afterAll(async () => {
  vm[Symbol.dispose]();
  await broker[Symbol.asyncDispose]();
  await neutron[Symbol.asyncDispose]();
});

async function send(method: string, path: string, body?: unknown) {
  const answer = await vm.client.send(method, `/v2.0${path}`, body);
  expect([method, path, answer.body?.NeutronError]).toEqual([method, path, undefined]);
  return answer.body;
}

test('the credential carries a broker through every request that it passes on, and each access rule is needed', async () => {
  const { security_groups: groups } = await send('GET', '/security-groups');
  const { subnets } = await send('GET', '/subnets');
  await send('GET', '/extensions');
  await send('GET', `/quotas/${vm.projectId}/details.json`);
  await send('GET', `/security-groups/${groups[0].id}`);
  await send('GET', '/networks');
  await send('GET', `/networks/${network}`);
  await send('GET', `/subnets/${subnets[0].id}`);
  const made = await send('POST', '/networks', { network: { name: 'made' } });
  const subnet = { network_id: made.network.id, ip_version: 4, cidr: '10.7.0.0/24' };
  await send('POST', '/subnets', { subnet });
  // embedded-neutron has no subnet pools: it answers 404, which the credential lets through.
  for (const query of ['', `?marker=${vm.id}`]) {
    const { body } = await vm.client.send('GET', `/v2.0/subnetpools${query}`);
    expect(body.NeutronError.type).toMatch(/NotFound$/);
  }
  await send('DELETE', `/networks/${made.network.id}`);
  const { port } = await send('POST', '/ports', { port: { network_id: network } });
  await send('GET', '/ports');
  await send('GET', `/ports/${port.id}`);
  await send('PUT', `/ports/${port.id}`, { port: { name: 'web' } });
  await send('PUT', `/ports/${port.id}/tags`, { tags: ['web'] });
  await send('GET', '/trunks');
  await send('GET', `/trunks?limit=1&marker=${vm.trunkId}`);
  const subport = { port_id: port.id, segmentation_type: 'vlan', segmentation_id: 7 };
  await send('PUT', `/trunks/${vm.trunkId}/add_subports`, { sub_ports: [subport] });
  await send('PUT', `/trunks/${vm.trunkId}/remove_subports`, { sub_ports: [{ port_id: port.id }] });
  await send('DELETE', `/ports/${port.id}`);

  const sent = neutron.arrived.map((line) => {
    const [method = '', url = ''] = line.split(' ');
    return { service: 'network', method, path: url.split('?')[0] ?? '' };
  });
  const rules = accessRulesFor({ projectId: vm.projectId, withNetworks: true });
  const unused = rules.filter((rule) => !sent.some((call) => isCallAllowed([rule], call)));
  // Only `invite` sends this one.
  expect(unused).toEqual([{ service: 'network', method: 'POST', path: '/v2.0/trunks' }]);
});

test('without --with-networks, the credential cannot create or delete networks', () => {
  const without = accessRulesFor({ projectId: 'p', withNetworks: false });
  const more = accessRulesFor({ projectId: 'p', withNetworks: true });
  const difference = more.filter(
    ({ method, path }) => !without.some((rule) => rule.method === method && rule.path === path),
  );
  expect(difference.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'DELETE /v2.0/networks/*',
    'GET /v2.0/subnetpools',
    'GET /v2.0/subnetpools/*',
    'POST /v2.0/networks',
    'POST /v2.0/subnets',
  ]);
});

test('the secret is in the document alone; name, roles and expiry are as the user wants them', async () => {
  const options = { name: 'mine', role: ['member'], expires: '90d' };
  const { document, summary } = await createCredential(options, environmentOf(broker.cloud, 'alice'));
  const [, secret = ''] = /application_credential_secret: (\S+)/.exec(document) ?? [];
  expect(secret).toHaveLength(64);
  expect(summary).not.toContain(secret);
  expect(summary).toMatch(/^application credential mine \(\w+\) of alice in project alice, expires \d{4}-/);
  expect(summary).toContain('19 access rules');
});

test.each([
  ['without a credential', { OS_CLOUD: 'nosuch' }, {}, 'NO_OWN_CREDENTIAL'],
  ['with a wrong password', { OS_PASSWORD: 'wrong' }, {}, 'CLOUD_UNREACHABLE'],
  ['with the restricted credential of a broker', 'narrow', {}, 'CREDENTIAL_REFUSED'],
  ['with another --expires', {}, { expires: 'soon' }, 'OPTION_INVALID'],
] as const)('%s, the command says what is wrong', async (_, change, options, code) => {
  const own = environmentOf(broker.cloud, 'alice');
  const env =
    change === 'narrow'
      ? { OS_CLIENT_CONFIG_FILE: broker.cloudsFile, OS_CLOUD: 'ovn-docker' }
      : { ...own, ...change };
  await expect(createCredential(options, env)).rejects.toMatchObject({ code });
});
