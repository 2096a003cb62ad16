import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../../test/support/test-cloud.ts';
import { defaultQuotas } from '../policy/quotas.ts';
import { resources } from '../resources/index.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud({ network: { quotas: Object.fromEntries(limits(0)) } });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const limits = (limit: number) => resources.map(({ singular }) => [singular, limit] as const);

const ABSENT = '00000000-0000-0000-0000-000000000000';
/** For each kind of resource, a body that passes all checks before the quota is checked. */
const bodies: Readonly<Record<string, object>> = {
  network: {},
  subnet: { network_id: ABSENT },
  port: { network_id: ABSENT },
  trunk: { port_id: ABSENT },
  security_group: { name: 'default' },
  security_group_rule: { security_group_id: ABSENT, direction: 'ingress' },
};

test.each(resources)('a quota of 0 refuses each $singular', async ({ singular, path }) => {
  const answer = await cloud.call('alice', 'POST', path, { [singular]: bodies[singular] });
  expect(answer.body.NeutronError?.type).toBe('OverQuota');
});

test('a resource sets its own default limit, even if Neutron has another one', () => {
  const router = { singular: 'router', quota: 7, list: () => [] };
  expect(defaultQuotas([...resources, router])).toMatchObject({ router: 7, floatingip: 50, port: 5000 });
});
