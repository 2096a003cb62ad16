import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JoinedVm, joinVm, makeNetwork, makePort, makeVm } from '../../test/support/scene.ts';
import { startTestBroker } from '../../test/support/test-broker.ts';

/** BROKER_REQUESTS=20000 sends that many other requests; docs/broker.md has the result. */
const LONG_RUN = process.env['BROKER_REQUESTS'];
const REQUESTS = Number(LONG_RUN ?? 1000);
const SEED = LONG_RUN === undefined ? 18 : Date.now() % 2 ** 31;
/** Requests at the same moment. */
const AT_ONCE = 8;

const settings =
  'limits: { requests_per_second: 100000, burst: 100000, ports: 50, concurrent: 64 }\nlog_level: silent\n';

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH'];
const collections = [
  'ports',
  'networks',
  'subnets',
  'trunks',
  'security-groups',
  'subnetpools',
  'extensions',
  'quotas',
  'routers',
];
const actions = ['', '', '/tags', '/add_subports', '/remove_subports', '/details.json', '/tags/x'];
const fields = [
  'id',
  'name',
  'network_id',
  'description',
  'tags',
  'fixed_ips',
  'security_groups',
  'mac_address',
  'admin_state_up',
  'binding:profile',
  'port_id',
  'segmentation_id',
  'segmentation_type',
  'sub_ports',
  'cidr',
  'ip_version',
  'gateway_ip',
  'allocation_pools',
  'mtu',
  'limit',
  'marker',
  'fields',
  '__proto__',
  'constructor',
  'project_id',
];

/** Requests made of real ids, real names of fields, valid and invalid values. */
function requests(ids: readonly string[], vifIds: readonly string[]) {
  const id = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ids) },
    fc.uuid(),
    fc.string({ maxLength: 8 }),
  );
  const mark = fc.constantFrom(...vifIds.map((vif) => `ovn-docker:vif=${vif}`));
  const scalar = fc.oneof(
    id,
    mark,
    fc.integer({ min: -5, max: 5000 }),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.constantFrom('vlan', '10.77.0.0/24', '10.77.0.9', 'fa:16:3e:00:00:01', 4, 6),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      tie('object'),
    ),
    object: fc.dictionary(fc.constantFrom(...fields), tie('value'), { maxKeys: 5 }),
  }));
  const port = fc.record(
    {
      network_id: id,
      name: fc.string({ maxLength: 9 }),
      tags: fc.array(mark, { maxLength: 2 }),
      security_groups: fc.array(id, { maxLength: 2 }),
    },
    { requiredKeys: ['network_id'] },
  );
  const subport = fc.record({
    port_id: id,
    segmentation_type: fc.constant('vlan'),
    segmentation_id: fc.integer({ min: 0, max: 4095 }),
  });
  const body = fc.oneof(
    port.map((each) => ({ port: each })),
    fc.array(port, { maxLength: 4 }).map((ports) => ({ ports })),
    fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 3 }).map((each) => ({ port: each })),
    fc.array(subport, { maxLength: 3 }).map((sub_ports) => ({ sub_ports })),
    fc.array(mark, { maxLength: 3 }).map((tags) => ({ tags })),
    fc.dictionary(fc.constantFrom('port', 'ports', 'network', 'subnet', 'tags', 'sub_ports'), value, {
      maxKeys: 2,
    }),
    value,
  );
  const query = fc
    .array(fc.tuple(fc.constantFrom(...fields), scalar), { maxLength: 3 })
    .map((pairs) =>
      new URLSearchParams(Object.fromEntries(pairs.map(([name, each]) => [name, textOf(each)]))).toString(),
    );
  const pathTo = (name: string, each: string | null, action = '') =>
    `/v2.0/${name}${each === null ? '' : `/${encodeURIComponent(each.toWellFormed())}${action}`}`;
  const path = fc
    .tuple(fc.constantFrom(...collections), fc.option(id), fc.constantFrom(...actions))
    .map(([name, each, action]) => pathTo(name, each, action));
  const anything = fc.record({ method: fc.constantFrom(...methods), path, query, body });
  /** Requests whose method, path and body fit, so that many of them reach Neutron. */
  const known = fc.constantFrom(...ids);
  const fitting = (method: string, target: fc.Arbitrary<string>, sent: fc.Arbitrary<unknown>) =>
    fc.record({ method: fc.constant(method), path: target, query: fc.constant(''), body: sent });
  const own = fc.array(
    fc.record({
      port_id: known,
      segmentation_type: fc.constant('vlan'),
      segmentation_id: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 2 },
  );
  const network = fc.record(
    { name: fc.string({ maxLength: 5 }), mtu: fc.integer({ min: 1000, max: 2000 }) },
    { requiredKeys: [] },
  );
  const subnet = fc.record({
    network_id: known,
    ip_version: fc.constant(4),
    cidr: fc.constant('10.88.0.0/24'),
  });
  const change = fc.record(
    {
      name: fc.string({ maxLength: 5 }),
      security_groups: fc.array(known, { maxLength: 1 }),
      fixed_ips: fc.array(fc.record({ ip_address: fc.ipV4() }), { maxLength: 1 }),
    },
    { requiredKeys: [] },
  );
  const onPort = (action = '') => known.map((each) => pathTo('ports', each, action));
  const onTrunk = (action: string) => known.map((each) => pathTo('trunks', each, action));
  const plausible = fc.oneof(
    fitting(
      'POST',
      fc.constant('/v2.0/ports'),
      fc.record({ port: fc.record({ network_id: known, tags: fc.array(mark, { maxLength: 1 }) }) }),
    ),
    fitting('PUT', onPort(), fc.record({ port: change })),
    fitting(
      'PUT',
      onPort('/tags'),
      fc.record({ tags: fc.array(fc.oneof(mark, fc.string({ maxLength: 5 })), { maxLength: 2 }) }),
    ),
    fitting('DELETE', onPort(), fc.constant(null)),
    fitting('PUT', onTrunk('/add_subports'), fc.record({ sub_ports: own })),
    fitting(
      'PUT',
      onTrunk('/remove_subports'),
      own.map((each) => ({ sub_ports: each.map(({ port_id }) => ({ port_id })) })),
    ),
    fitting('POST', fc.constant('/v2.0/networks'), fc.record({ network })),
    fitting('POST', fc.constant('/v2.0/subnets'), fc.record({ subnet })),
    fc.record({ method: fc.constant('GET'), path, query, body: fc.constant(null) }),
  );
  return fc.oneof(anything, plausible);
}

function textOf(value: unknown): string {
  return String(value).toWellFormed();
}

test(`${REQUESTS} random requests: no 500, and nothing of another VM is seen or changed`, {
  timeout: 600_000,
}, async () => {
  await using broker = await startTestBroker(settings);
  const { cloud } = broker;
  const management = await makeNetwork(broker, '127.0.9.0/24');
  const network = await makeNetwork(broker, '10.5.0.0/24');
  using bob = await joinVm(broker, await makeVm(broker, management, '127.0.9.5'), { with_networks: true });
  using alice = await joinVm(broker, await makeVm(broker, management, '127.0.9.6'));
  const newPort = async ({ client }: JoinedVm) =>
    (await client.send('POST', '/v2.0/ports', { port: { network_id: network } })).body.port.id as string;
  const [ofBob, ofAlice] = [await newPort(bob), await newPort(alice)];
  const more = [await newPort(bob), await newPort(bob), await newPort(bob)];
  const subport = { port_id: ofAlice, segmentation_type: 'vlan', segmentation_id: 7 };
  await alice.client.send('PUT', `/v2.0/trunks/${alice.trunkId}/add_subports`, { sub_ports: [subport] });
  const { id: ofNobody } = await makePort(broker, { network_id: network });
  const others = [alice.id, alice.trunkId, ofAlice, ofNobody];
  const known = [...others, bob.id, bob.trunkId, ofBob, ...more, network, management, bob.projectId];
  const stateOf = () =>
    Promise.all(
      others.map(
        async (id) =>
          (await cloud.call('alice', 'GET', `${id === alice.trunkId ? 'trunks' : 'ports'}/${id}`)).body,
      ),
    );
  const before = await stateOf();
  const statuses = new Map<number, number>();
  const wrong: unknown[] = [];
  const sample = fc.sample(requests(known, [bob.id, alice.id]), { numRuns: REQUESTS, seed: SEED });
  const send = async ({ method, path, query, body }: (typeof sample)[number]) => {
    const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const target = query === '' ? path : `${path}?${query}`;
    const answer = await bob.client.send(method, target, hasBody ? JSON.stringify(body) : undefined);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const text = JSON.stringify(answer.body?.NeutronError === undefined ? (answer.body ?? null) : null);
    const leaked = others.filter((id) => text.includes(`"id":"${id}"`));
    if (answer.status >= 500 || leaked.length > 0)
      wrong.push({ method, target, body, status: answer.status, leaked });
  };
  for (let at = 0; at < sample.length; at += AT_ONCE)
    await Promise.all(sample.slice(at, at + AT_ONCE).map(send));
  expect(wrong).toEqual([]);
  expect(await stateOf()).toEqual(before);
  // The access rules of the broker's credential allow all that it sends.
  expect(broker.lines.filter(({ rule }) => rule === 'credential')).toEqual([]);
  // Successes, wrong bodies, refusals and hidden resources: the requests reach every layer.
  for (const status of [200, 201, 400, 403, 404]) expect([...statuses.keys()]).toContain(status);
  if (LONG_RUN !== undefined) console.log({ seed: SEED, ...Object.fromEntries([...statuses].sort()) });
});
