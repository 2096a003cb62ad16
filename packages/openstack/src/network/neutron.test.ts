import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ReplayCloud, recordingOf, startReplayCloud } from '../../test/support/replay-cloud.ts';
import { aliceSession } from '../../test/support/session.ts';
import type { Session } from '../identity/session.ts';
import { Neutron } from './neutron.ts';

let cloud: ReplayCloud;
let session: Session;
let neutron: Neutron;

beforeEach(async () => {
  cloud = await startReplayCloud('identity', 'resources');
  session = aliceSession(cloud);
  neutron = new Neutron(session);
});

afterEach(async () => {
  await session.close();
  await cloud[Symbol.asyncDispose]();
});

/** The body that a recording sends below a key. */
function sent<T>(number: string, key: string): T {
  return (recordingOf('resources', number).request.body as Record<string, T>)[key] as T;
}

test('extensions', async () => {
  const aliases = (await neutron.extensions()).map(({ alias }) => alias);
  expect(aliases).toEqual(expect.arrayContaining(['trunk', 'trunk-details', 'port-security']));
});

test('networks and subnets', async () => {
  expect(await neutron.networks.create(sent('032', 'network'))).toMatchObject({ name: 'a-net', mtu: 1400 });
  expect(await neutron.subnets.create(sent('039', 'subnet'))).toMatchObject({
    cidr: '10.11.0.0/24',
    gateway_ip: '10.11.0.1',
    allocation_pools: [{ start: '10.11.0.10', end: '10.11.0.250' }],
  });
});

test('security groups and rules, whose names differ in URL and JSON', async () => {
  const [group] = await neutron.securityGroups.all();
  expect(group).toMatchObject({ name: 'default', stateful: true });
  expect(group?.security_group_rules[0]?.direction).toBe('egress');
  expect(await neutron.securityGroups.create(sent('057', 'security_group'))).toHaveProperty(
    'security_group_rules',
  );
  const rule = await neutron.securityGroupRules.create(sent('058', 'security_group_rule'));
  expect(rule).toMatchObject({ protocol: 'tcp', port_range_min: 80, ethertype: 'IPv4' });
});

test("quota of the session's own project", async () => {
  expect(await neutron.quota()).toMatchObject({ port: 5000, trunk: -1 });
  expect((await neutron.quotaDetails())['port']).toEqual({ limit: 5000, used: 25, reserved: 0 });
});

test('an answer without the requested member is an error', async () => {
  cloud.interpose(({ url }) =>
    url.endsWith('/extensions') ? { status: 200, body: { versions: [] } } : undefined,
  );
  await expect(neutron.extensions()).rejects.toMatchObject({
    code: 'OPENSTACK_UNEXPECTED_BODY',
    reason: "the answer has no 'extensions'",
  });
});
