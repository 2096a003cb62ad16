import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** A request can have several faults; the one that Neutron finds first is reported. */
let cloud: TestCloud;
let network: string;
beforeAll(async () => {
  cloud = await startCloud();
  network = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
});
afterAll(() => cloud[Symbol.asyncDispose]());

const [badBody, adminBody] = [{ network: { mtu: 'x' } }, { network: { shared: true } }];
const badMatch = { 'If-Match': 'revision_number=x' };
const answer = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const { status, body: content } = await cloud.call('alice', 'PUT', path, body, headers);
  return [status, content.NeutronError?.type];
};

test('a PUT is checked in this order: body, If-Match, item, right', async () => {
  expect(await answer('networks/absent', badBody, badMatch)).toEqual([400, 'InvalidInput']);
  expect(await answer('networks/absent', adminBody, badMatch)).toEqual([400, 'BadRequest']);
  expect(await answer('networks/absent', adminBody)).toEqual([404, 'NetworkNotFound']);
  expect(await answer(`networks/${network}`, adminBody)).toEqual([403, 'PolicyNotAuthorized']);
});

test('the attributes of a body are checked in the order of Neutron’s table, not of the body', async () => {
  const body = { subnet: { network_id: 5, cidr: 'x', ip_version: 'x', name: 5 } };
  const { body: content } = await cloud.call('alice', 'POST', 'subnets', body);
  expect(content.NeutronError?.message).toBe("Invalid input for name. Reason: '5' is not a valid string.");
  const { name: _, ...others } = body.subnet;
  const second = await cloud.call('alice', 'POST', 'subnets', { subnet: others });
  expect(second.body.NeutronError?.type).toBe('InvalidInput');
});

test('a PUT of a rule, which nobody can change, names the attribute that is read only', async () => {
  const body = { security_group_rule: { protocol: 'tcp' } };
  expect(await answer('security-group-rules/x', body)).toEqual([400, 'HTTPBadRequest']);
  const other = { security_group_rule: { description: 'd' } };
  expect(await answer('security-group-rules/x', other)).toEqual([404, 'SecurityGroupRuleNotFound']);
  const made = await cloud.call('alice', 'POST', 'security-groups', { security_group: { name: 'g' } });
  const group = made.body as {
    readonly security_group?: { readonly security_group_rules: readonly { id: string }[] };
  };
  const [rule] = group.security_group?.security_group_rules ?? [];
  expect(await answer(`security-group-rules/${rule?.id}`, other)).toEqual([405, 'HTTPMethodNotAllowed']);
});

test('a PUT of a network may repeat its segment, and not change it', async () => {
  const show = await cloud.call('admin', 'GET', `networks/${network}`);
  const segment = Object.fromEntries(
    Object.entries(show.body.network ?? {}).filter(
      ([name, value]) => name.startsWith('provider:') && value !== null,
    ),
  );
  expect(Object.keys(segment)).toEqual(['provider:network_type', 'provider:segmentation_id']);
  const put = (values: object) => cloud.call('admin', 'PUT', `networks/${network}`, { network: values });
  expect((await put(segment)).status).toBe(200);
  for (const values of [
    { 'provider:network_type': 'vlan' },
    { 'provider:physical_network': 'x' },
    { 'provider:segmentation_id': 99 },
  ]) {
    expect((await put(values)).body.NeutronError?.type).toBe('InvalidInput');
  }
  const after = await cloud.call('admin', 'GET', `networks/${network}`);
  expect(after.body.network).toMatchObject(segment);
});
