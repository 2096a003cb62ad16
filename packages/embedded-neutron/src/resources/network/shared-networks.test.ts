import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAsRecorded } from '../../../test/support/recorded.ts';
import { idOf, startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';

/** A shared network of the admin, on which tenants may create ports. */
let cloud: TestCloud;
let network_id: string;
const port = (attributes: object) =>
  cloud.call('bob', 'POST', 'ports', { port: { network_id, ...attributes } });

beforeAll(async () => {
  cloud = await startCloud();
  network_id = idOf(await cloud.call('admin', 'POST', 'networks', { network: { shared: true } }));
  await cloud.call('admin', 'POST', 'subnets', {
    subnet: { network_id, ip_version: 4, cidr: '10.11.0.0/24' },
  });
});
afterAll(() => cloud[Symbol.asyncDispose]());

test('a tenant sees a shared network and its subnets, but may choose neither address nor MAC', async () => {
  const subnets = await cloud.call('bob', 'GET', `subnets?network_id=${network_id}`);
  expect(subnets.body.subnets).toHaveLength(1);
  const subnet_id = subnets.body.subnets?.[0]?.id;
  expect((await port({ name: 'bob-on-shared' })).status).toBe(201);
  expect((await port({ fixed_ips: [{ subnet_id }] })).status).toBe(201);
  const fixed = await port({ fixed_ips: [{ ip_address: '10.11.0.123' }] });
  expectAsRecorded('nt-port-on-shared-fixed-ip', fixed);
  expectAsRecorded('nt-port-on-shared-mac-403', await port({ mac_address: 'fa:16:3e:11:22:33' }));
  expectAsRecorded('nt-port-on-shared-nops-403', await port({ port_security_enabled: false }));
  const pairs = await port({ allowed_address_pairs: [{ ip_address: '1.2.3.4' }] });
  expectAsRecorded('nt-port-on-shared-aap-403', pairs);
});

test('tenants do not see the ports of other tenants on it; its owner sees all ports', async () => {
  const bobs = idOf(await port({}));
  const alices = idOf(await cloud.call('alice', 'POST', 'ports', { port: { network_id } }));
  expect((await cloud.call('alice', 'GET', `ports/${bobs}`)).status).toBe(404);
  expect((await cloud.call('bob', 'GET', `ports/${alices}`)).status).toBe(404);
  expect((await cloud.call('admin', 'GET', `ports/${bobs}`)).status).toBe(200);
});

test('a tenant can change neither a shared network nor its subnets', async () => {
  const rename = await cloud.call('bob', 'PUT', `networks/${network_id}`, { network: { name: 'mine' } });
  expect([rename.status, rename.body.NeutronError?.type]).toEqual([403, 'PolicyNotAuthorized']);
  expect((await cloud.call('bob', 'DELETE', `networks/${network_id}`)).status).toBe(403);
  const subnet = { network_id, ip_version: 4, cidr: '10.12.0.0/24' };
  expect((await cloud.call('bob', 'POST', 'subnets', { subnet })).status).toBe(403);
  const unshare = { network: { shared: false } };
  const refused = await cloud.call('admin', 'PUT', `networks/${network_id}`, unshare);
  expect([refused.status, refused.body.NeutronError?.type]).toEqual([409, 'InvalidSharedSetting']);
});

test('the owner of a network may delete the ports of other tenants on it, but not change them', async () => {
  const own = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
  // The network is not shared, so only an admin can create a port of another tenant on it.
  const bob = (await port({})).body.port?.project_id;
  const made = await cloud.call('admin', 'POST', 'ports', { port: { network_id: own, project_id: bob } });
  const change = { port: { 'binding:profile': {} } };
  const refused = await cloud.call('alice', 'PUT', `ports/${idOf(made)}`, change);
  expect([refused.status, refused.body.NeutronError?.type]).toEqual([403, 'PolicyNotAuthorized']);
  const trunk = { trunk: { port_id: idOf(made) } };
  expect((await cloud.call('alice', 'POST', 'trunks', trunk)).body.NeutronError?.type).toBe('PortNotFound');
  expect((await cloud.call('bob', 'PUT', `ports/${idOf(made)}`, { port: { name: 'x' } })).status).toBe(200);
  expect((await cloud.call('alice', 'DELETE', `ports/${idOf(made)}`)).status).toBe(204);
});
