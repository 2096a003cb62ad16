import fc from 'fast-check';
import type { Resource } from '../../src/api/resource.ts';
import { resources } from '../../src/resources/index.ts';
import type { Case } from '../cases/case.ts';
import { tables } from '../cases/index.ts';
import { mutate, mutations } from './mutate.ts';
import { targets } from './scene.ts';
import { ABSENT, anything, type Fields, inScene, seen } from './values.ts';

/** A request, without a title. */
export type Request = Omit<Case, 'title'>;

/** A valid POST of each kind of resource: its required attributes, and those without which it is refused. */
const bases: Readonly<Record<string, Fields>> = {
  networks: { name: 'new' },
  subnets: { network_id: '{net}', ip_version: 4, cidr: '10.99.0.0/24' },
  ports: { network_id: '{net}' },
  trunks: { port_id: '{free}' },
  'security-groups': { name: 'new' },
  'security-group-rules': { security_group_id: '{sg}', direction: 'ingress' },
};

const byName = 'sort_key=name&sort_dir=asc';
/**
 * The query with which a list contains only objects of the scene, in an order that does not depend on ids.
 */
const pins: Readonly<Record<string, string>> = {
  networks: `description={scene}&${byName}`,
  subnets: `network_id={net}&${byName}`,
  ports: `network_id={net}&${byName}`,
  trunks: `port_id={parent}&${byName}`,
  'security-groups': `description={scene}&${byName}`,
  'security-group-rules': 'security_group_id={sg}&direction=ingress',
};

const resource = fc.constantFrom(...resources);
const users = fc.constantFrom<(Case['as'] | undefined)[]>(
  undefined,
  undefined,
  undefined,
  'bob',
  'admin',
  'admin',
);
const as = users.map((user) => (user === undefined ? {} : { as: user }));
const idOf = ({ path }: Resource) => fc.constantFrom(...(targets[path] ?? []).map((name) => `{${name}}`));
/** An id that the scene has, or sometimes none. */
const someId = (of: Resource) =>
  fc.oneof(
    { weight: 12, arbitrary: idOf(of) },
    fc.constantFrom(ABSENT, 'x', 'constructor', '{net}', '{port}', '{sg}'),
  );

/** An attribute of the table, a read-only one, or an unknown one. */
const attribute = (of: Resource) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...Object.keys(of.attributes)) },
    fc.constantFrom('id', 'status', 'tenant_id', 'project_id', 'created_at', 'nosuch', 'constructor'),
  );
/** A value that a recorded case has for the attribute, or any value. */
const valueFor = (name: string): fc.Arbitrary<unknown> => {
  const known = seen.get(name) ?? [];
  const other = fc.constantFrom(...anything);
  return known.length === 0
    ? other
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 2, arbitrary: other });
};
const values = (of: Resource, maxLength: number): fc.Arbitrary<Fields> =>
  fc
    .array(
      attribute(of).chain((name) => fc.tuple(fc.constant(name), valueFor(name))),
      { minLength: 1, maxLength },
    )
    .map((pairs) => Object.fromEntries(pairs));
const few = (of: Resource) =>
  fc.oneof({ weight: 3, arbitrary: values(of, 1) }, { weight: 1, arbitrary: values(of, 3) });

/** The attributes whose values the answer repeats; it may choose the others. */
const shown = (fields: Fields): readonly string[] =>
  Object.keys(fields).filter(
    (name) =>
      ['string', 'number', 'boolean'].includes(typeof fields[name]) &&
      // 0 is a segment that Neutron chooses.
      (name !== 'provider:segmentation_id' || fields[name] !== 0),
  );

const creation = resource.chain((of) =>
  fc.tuple(few(of), as).map(([given, user]): Request => {
    const body = { ...bases[of.path], ...given };
    return { ask: `POST ${of.path}`, body: { [of.singular]: body }, shows: shown(given), ...user };
  }),
);

const bulk = resource.chain((of) =>
  fc.tuple(fc.array(few(of), { maxLength: 3 }), fc.boolean(), as).map(
    ([items, wrapped, user]): Request => ({
      ask: `POST ${of.path}`,
      body: {
        [of.plural]: items.map((given) => {
          const item = { ...bases[of.path], ...given };
          return wrapped ? { [of.singular]: item } : item;
        }),
      },
      ...user,
    }),
  ),
);

const change = resource.chain((of) =>
  fc.tuple(someId(of), few(of), as, fc.constantFrom('', '', '', '0', '9999', 'x')).map(
    ([id, given, user, match]): Request => ({
      ask: `PUT ${of.path}/${id}`,
      body: { [of.singular]: given },
      shows: shown(given),
      ...user,
      ...(match !== '' && { headers: { 'If-Match': `revision_number=${match}` } }),
    }),
  ),
);

const recorded = Object.values(tables)
  .flat()
  .filter(({ body }) => body !== undefined);
/** A recorded case with another body. */
const mutated = fc.tuple(fc.constantFrom(...recorded), mutations).map(
  ([{ title: _, keep: __, keeps: ___, shows: ____, ...each }, changes]): Request => ({
    ...each,
    ask: inScene(each.ask),
    body: mutate(JSON.parse(inScene(JSON.stringify(each.body))), changes),
  }),
);

/** Encodes a part of a URL, but not the braces of `{name}`. */
const encoded = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\w.~{}-]/gu, (character) => encodeURIComponent(character));

const options = ['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir'];
const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const parameter = (of: Resource): fc.Arbitrary<string> => {
  const filter = fc
    .constantFrom(...of.filters.keys(), ...Object.keys(of.attributes), 'nosuch')
    // The revisions of the scene's objects depend on the earlier requests.
    .filter((name) => name !== 'revision_number')
    .chain((name) => fc.tuple(fc.constant(name), valueFor(name)));
  const option = fc.tuple(
    fc.constantFrom(...options),
    fc.oneof(
      fc.constantFrom('0', '1', '2', 'x', '-1', '', 'asc', 'desc', 'True', 'name', 'id', 'nosuch'),
      idOf(of),
      fc.constantFrom(...of.sortKeys),
    ),
  );
  return fc
    .oneof({ weight: 3, arbitrary: filter }, { weight: 2, arbitrary: option })
    .map(([name, value]) => `${encoded(name)}=${encoded(word(value).slice(0, 300))}`);
};
const list = resource.chain((of) =>
  fc.tuple(fc.array(parameter(of), { maxLength: 3 }), as).map(
    ([parameters, user]): Request => ({
      ask: `GET ${of.path}?${[pins[of.path], ...parameters].join('&')}`,
      shows: ['name'],
      ...user,
    }),
  ),
);

const show = resource.chain((of) =>
  fc
    .tuple(fc.constantFrom('GET', 'GET', 'HEAD'), someId(of), fc.array(attribute(of), { maxLength: 2 }), as)
    .map(
      ([method, id, names, user]): Request => ({
        ask: `${method} ${of.path}/${id}?${names.map((name) => `fields=${encoded(name)}`).join('&')}`,
        ...user,
      }),
    ),
);

/** Objects that are in use, absent or of another project: deletions that succeed cost a new scene. */
const deletion = fc
  .tuple(
    fc.constantFrom(
      'networks/{net}',
      'networks/{bobs}',
      'subnets/{sub}',
      'ports/{c1}',
      'ports/{parent}',
      'security-groups/{default}',
      'security-groups/{sg}',
      'trunks/x',
      `security-group-rules/${ABSENT}`,
      'networks/constructor',
    ),
    fc.constantFrom(undefined, undefined, {}, 'x'),
    fc.constantFrom<(Case['as'] | undefined)[]>(undefined, 'bob'),
  )
  .map(
    ([path, body, user]): Request => ({
      ask: `DELETE ${path}`,
      ...(body !== undefined && { body }),
      ...(user && { as: user }),
    }),
  );

const tag = fc.constantFrom('a', 'a b', 'ä', 'a,b', '', 'x'.repeat(255), 'x'.repeat(256), 'a%2Fb', '..');
const tags = fc
  .tuple(
    resource.chain((of) => someId(of).map((id) => `${of.path}/${id}/tags`)),
    fc.oneof(
      fc.record({ method: fc.constantFrom('GET', 'PUT', 'DELETE'), name: tag }),
      fc.record({ method: fc.constantFrom('PUT', 'POST', 'PATCH'), body: fc.constantFrom(...anything) }),
      fc.record({
        method: fc.constant('PUT'),
        body: fc.record({ tags: fc.oneof(valueFor('tags'), fc.array(tag, { maxLength: 3 })) }),
      }),
    ),
    as,
  )
  .map(([path, { method, ...rest }, user]): Request => {
    const name = 'name' in rest ? `/${rest.name.includes('%') ? rest.name : encoded(rest.name)}` : '';
    return { ask: `${method} ${path}${name}`, ...('body' in rest && { body: rest.body }), ...user };
  });

const subPort = fc.record(
  {
    port_id: fc.oneof(fc.constantFrom('{c1}', '{c2}', '{free}', '{parent}', '{busy}'), valueFor('port_id')),
    segmentation_id: fc.oneof(fc.constantFrom(101, 102, 103), valueFor('segmentation_id')),
    segmentation_type: fc.oneof(
      { weight: 4, arbitrary: fc.constant('vlan') },
      { weight: 1, arbitrary: valueFor('segmentation_type') },
    ),
  },
  { requiredKeys: ['port_id'] },
);
const subPorts = fc
  .tuple(
    fc.constantFrom('add_subports', 'remove_subports'),
    fc.oneof(
      { weight: 4, arbitrary: fc.array(subPort, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: valueFor('sub_ports') },
    ),
    as,
  )
  .map(
    ([action, sub_ports, user]): Request => ({
      ask: `PUT trunks/{trunk}/${action}`,
      body: { sub_ports },
      ...user,
    }),
  );

const quotaNames = [...resources.map(({ plural }) => plural.replace(/s$/, '')), 'router', 'nosuch', 'force'];
const quotas = fc
  .tuple(
    fc.constantFrom('{project}', 'contract', 'x'.repeat(64)),
    fc.dictionary(fc.constantFrom(...quotaNames), valueFor('network'), { minKeys: 1, maxKeys: 3 }),
    fc.constantFrom<('admin' | undefined)[]>('admin', 'admin', undefined),
  )
  .map(
    ([project, quota, user]): Request => ({
      ask: `PUT quotas/${project}`,
      body: { quota },
      ...(user && { as: user }),
    }),
  );

/** Bodies that are no JSON object, and methods and paths that the API does not have. */
const misshapen = fc
  .tuple(
    fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
    resource.chain((of) =>
      fc.constantFrom(of.path, `${of.path}/{net}`, `${of.path}/${ABSENT}/x`, `${of.path}.json`, of.singular),
    ),
    fc.constantFrom<Partial<Request>[]>(
      { raw: '' },
      { raw: '{' },
      { raw: '[]' },
      { raw: 'null' },
      { raw: '"x"' },
      { raw: '{"network": {}} x' },
      { raw: '{"network": {"name": "a", "name": "b"}}' },
      { raw: '{"network": {"name": NaN}}' },
      { body: {} },
      { body: { network: null } },
      { body: { nosuch: {} } },
      { body: { networks: [] } },
      { body: { port: [] } },
    ),
    as,
  )
  .map(([method, path, body, user]): Request => ({ ask: `${method} ${path}`, ...body, ...user }));

/** Requests to Neutron about the objects of the scene. */
export const networkRequests: fc.Arbitrary<Request> = fc.oneof(
  { weight: 26, arbitrary: creation },
  { weight: 18, arbitrary: mutated },
  { weight: 16, arbitrary: change },
  { weight: 20, arbitrary: list },
  { weight: 3, arbitrary: bulk },
  { weight: 4, arbitrary: show },
  { weight: 2, arbitrary: deletion },
  { weight: 4, arbitrary: tags },
  { weight: 4, arbitrary: subPorts },
  { weight: 3, arbitrary: quotas },
  { weight: 4, arbitrary: misshapen },
);
