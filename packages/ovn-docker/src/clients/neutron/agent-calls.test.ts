import { Neutron, type ServiceRequest, type Session } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { accessRulesFor, agentCalls, missingCalls } from './agent-calls.ts';

const purpose = { projectId: 'project-1', trunkId: 'trunk-1' };

/** Calls the client's method with that name and returns the request that the client sends. */
async function requestOf(name: string): Promise<string> {
  const requests: ServiceRequest[] = [];
  const session = {
    limits: { pages: 1, items: 1, listLength: 1000, listMs: 30_000 },
    token: async () => ({ project: { id: 'project-1' } }),
    request: async (request: ServiceRequest) => {
      requests.push(request);
      return { status: 200, headers: {}, json: () => ({}), member: () => [] };
    },
  };
  const [collection, method] = name.split('.');
  const neutron = new Neutron(session as unknown as Session) as unknown as Record<string, unknown>;
  if (method === undefined) await (neutron[name] as () => Promise<unknown>)();
  else {
    const called = neutron[collection ?? ''] as Record<string, (...values: unknown[]) => Promise<unknown>>;
    const isAboutOne = !['all', 'create', 'createMany'].includes(method);
    const id = collection === 'trunks' ? 'trunk-1' : 'id-1';
    await called[method]?.(...(isAboutOne ? [id, []] : [method === 'createMany' ? [{}] : {}]));
  }
  const [{ method: verb, path } = {}] = requests;
  return `${verb} ${path}`;
}

it.each(Object.entries(agentCalls))(
  '%s is the request that the client sends',
  async (name, { method, path }) => {
    const own = path.replace('{project}', 'project-1').replace('{trunk}', 'trunk-1').replace('*', 'id-1');
    expect(await requestOf(name)).toBe(`${method} ${own}`);
  },
);

describe('accessRulesFor', () => {
  const rulesOf = (more: object) =>
    accessRulesFor({ ...purpose, ...more }).map(({ method, path }) => `${method} ${path}`);

  it('in trunk mode: 16 rules, which change only this trunk and create neither trunks nor networks', () => {
    const rules = rulesOf({});
    expect(rules).toHaveLength(16);
    expect(rules.filter((rule) => !rule.startsWith('GET'))).toEqual([
      'POST /v2.0/ports',
      'PUT /v2.0/ports/*',
      'PUT /v2.0/ports/*/tags',
      'DELETE /v2.0/ports/*',
      'PUT /v2.0/trunks/trunk-1/add_subports',
      'PUT /v2.0/trunks/trunk-1/remove_subports',
    ]);
    expect(rules).toContain('GET /v2.0/quotas/project-1/details.json');
  });

  it('in mode port-binding: no changes of trunks', () => {
    expect(rulesOf({ trunkId: undefined }).filter((rule) => rule.includes('_subports'))).toEqual([]);
  });

  it('with networks: creates and deletes them', () => {
    const added = rulesOf({ withNetworks: true }).filter((rule) => !rulesOf({}).includes(rule));
    expect(added).toEqual([
      'POST /v2.0/networks',
      'DELETE /v2.0/networks/*',
      'POST /v2.0/subnets',
      'GET /v2.0/subnetpools',
    ]);
  });

  it('behind a URL with a path: each rule with and without it', () => {
    const rules = rulesOf({ endpointPath: '/networking' });
    expect(rules).toHaveLength(32);
    expect(rules).toContain('POST /networking/v2.0/ports');
  });
});

describe('missingCalls', () => {
  it('none with the rules of the same purpose', () => {
    expect(missingCalls(accessRulesFor(purpose), purpose)).toEqual([]);
    const behind = { ...purpose, endpointPath: '/networking' };
    expect(missingCalls(accessRulesFor(behind), behind)).toEqual([]);
  });

  it('names the calls of another trunk', () => {
    expect(missingCalls(accessRulesFor({ ...purpose, trunkId: 'other' }), purpose)).toEqual([
      'PUT /v2.0/trunks/trunk-1/add_subports',
      'PUT /v2.0/trunks/trunk-1/remove_subports',
    ]);
  });

  it('accepts wider rules', () => {
    const all = ['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({
      service: 'network',
      method,
      path: '/**',
    }));
    expect(missingCalls(all, purpose)).toEqual([]);
  });
});
