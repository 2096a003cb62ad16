import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostileValue, mutated } from '../../test/support/hostile-json.ts';
import { createWorld } from '../../test/support/world.ts';
import type { Cloud } from '../clients/neutron/cloud.ts';
import { HealthService } from '../health/health-service.ts';
import { apiServer } from './server.ts';

const ID = '6fd6997b-023a-4779-93e4-3c56836d96f2';
const attach = { id: ID, network: 'net', name: 'docker-1', containerId: 'c'.repeat(64), vifId: 'vif-1' };
/** One valid request of each kind; `*` is a part of the path. */
const requests = [
  ['POST', '/v1/nics', { ...attach, securityGroups: ['web'], extraSecurityGroups: ['default'] }],
  ['POST', '/v1/nics/*/enter', { containerId: 'c', pid: 4_000_000 }],
  ['DELETE', '/v1/nics/*', undefined],
  [
    'POST',
    '/v1/networks/resolve',
    { network: 'net', cred: 'token', vifId: 'vif-1', securityGroups: ['web'] },
  ],
  ['POST', '/v1/pools/*/fill', { count: 1 }],
  ['POST', '/v1/pools/*/drain', undefined],
  ['POST', '/v1/gc', {}],
] as const;
const known = [ID, 'net', 'web', 'default', 'vif-1'];

/** The real server over a world, and a function that sends a request. */
function serve() {
  const world = createWorld();
  const neutron = world.neutron.client;
  const cloud = {
    neutron,
    session: {
      config: { auth: { type: 'token' } },
      token: async () => ({ project: { id: 'project-1' } }),
    },
    withToken: () => ({ ...cloud }),
  } as unknown as Cloud;
  const gc = { plan: async () => [], run: async () => [] };
  const server = apiServer(world.engine, gc, cloud, new HealthService());
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await server.request(path, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  return { world, send };
}

const request = fc.constantFrom(...requests).chain(([method, path, body]) =>
  fc.record({
    method: fc.constant(method),
    part: hostileValue(known),
    path: fc.constant(path),
    body: body === undefined ? fc.constant(undefined) : mutated(body, known),
  }),
);

it('no request is answered by 500 or by a defect', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), async (sent) => {
      const { send } = serve();
      const check = async ({ method, path, part, body }: (typeof sent)[number]) => {
        const text = String(part).toWellFormed().slice(0, 2000);
        const answer = await send(
          method,
          path.replace('*', () => encodeURIComponent(text)),
          body,
        );
        expect([200, 201, 204, 404, 409]).toContain(answer.status);
        expect(answer.text).not.toMatch(/E_INTERNAL|bug of|constraint|OVSDB/);
      };
      await Promise.all(sent.map(check));
    }),
    { numRuns: 150 },
  );
});

it.each([
  ['half of a surrogate pair', { network: '\ud800' }, 'network'],
  ['a NUL', { network: 'a\0b' }, 'network'],
  ['an empty security group', { network: 'net', securityGroups: [''] }, 'securityGroups: 0'],
  ['a token with a line break', { network: 'net', cred: 'a\nb' }, 'cred: contains characters'],
  ['a list for the network', { network: ['net'] }, 'network'],
  ['no object', 'x', 'expected object'],
])('%s: the error names the member of the body', async (_, body, words) => {
  const { status, text } = await serve().send('POST', '/v1/networks/resolve', JSON.stringify(body));
  expect(status).toBe(409);
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'E_USAGE', message: expect.stringContaining(words), hint: expect.any(String) },
  });
});

it('a body of more than 1 MiB is refused', async () => {
  const { text } = await serve().send('POST', '/v1/networks/resolve', { network: 'x'.repeat(2 ** 20) });
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'E_USAGE' } });
});

it('scenario 17: of simultaneous requests for one NIC, all get the same complete NIC', async () => {
  const { world, send } = serve();
  const { vifId: _, ...body } = attach;
  const answers = await Promise.all([1, 2, 3].map(() => send('POST', '/v1/nics', body)));
  for (const { status, text } of answers) {
    expect([status, JSON.parse(text)]).toEqual([201, JSON.parse(answers[0]?.text ?? '')]);
  }
  expect(JSON.parse(answers[0]?.text ?? '')).toMatchObject({ id: ID, state: 'claimed', vlan: 1 });
  expect(world.books()).toMatchObject({ ports: 1, rows: 1, nics: 1 });
});

it('an unforeseen error says that it is a bug of ovn-docker, and the agent logs its stack', async () => {
  const { world, send } = serve();
  const logged: unknown[] = [];
  Object.assign(world.engine.log, { error: (fields: unknown) => logged.push(fields) });
  Object.assign(world.engine, { vm: () => Promise.reject(new TypeError('x is not a function')) });
  const { status, text } = await send('GET', '/v1/status');
  expect(status).toBe(500);
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'E_INTERNAL', message: 'this is a bug of ovn-docker: x is not a function' },
  });
  expect(logged).toMatchObject([{ err: { cause: expect.any(TypeError) } }]);
});
