import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../../test/support/test-cloud.ts';
import { networksByProject } from '../northbound/networks.ts';
import { defaultQuotas } from '../policy/quotas.ts';
import { resources } from '../resources/index.ts';
import type { Resource } from './resource.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud({ network: { quotas: Object.fromEntries(limits(0)) } });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const limits = (limit: number) => resources.map(({ singular }) => [singular, limit] as const);

/** Values for required attributes: the first one that an attribute's type accepts. */
const samples = ['00000000-0000-0000-0000-000000000000', 'ingress', '10.0.0.1', 4];
function accepts(type: (value: unknown) => unknown, value: unknown): boolean {
  try {
    type(value);
    return true;
  } catch {
    return false;
  }
}

/** The shortest body that passes all checks before the quota is checked. */
function bodyOf({ singular, attributes }: Resource): object {
  const required = Object.entries(attributes).filter(([, attribute]) => attribute.required);
  const values = required.map(([name, { type }]) => {
    const sample = samples.find((candidate) => accepts(type, candidate));
    if (sample === undefined) throw new Error(`add a sample for ${name} of ${singular}`);
    return [name, sample];
  });
  return Object.fromEntries(values);
}

test.each(resources)('a quota of 0 refuses each $singular', async (resource) => {
  const body = { [resource.singular]: bodyOf(resource) };
  // As in Neutron, a member would get 404 for a network that does not exist.
  const answer = await cloud.call('admin', 'POST', resource.path, body);
  expect(answer.body.NeutronError?.type).toBe('OverQuota');
});

test('a resource sets its own default limit, even if Neutron has another one', () => {
  const router = { singular: 'router', quota: 7, byProject: networksByProject };
  expect(defaultQuotas([...resources, router])).toMatchObject({ router: 7, floatingip: 50, port: 5000 });
});
