import type { Operation } from '../wire/operations.ts';
import { fail } from './failure.ts';

type Members = Readonly<Record<string, keyof typeof KINDS | `${keyof typeof KINDS}?`>>;

const KINDS = {
  id: (value: unknown) => typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value),
  string: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
  number: (value: unknown) => typeof value === 'number',
  array: Array.isArray,
  object: isObject,
};

/** The members of each operation (RFC 7047 §5.2). A question mark means optional. */
const OPERATIONS: ReadonlyMap<unknown, Members> = new Map<unknown, Members>([
  ['insert', { table: 'id', row: 'object', 'uuid-name': 'id?', uuid: 'string?' }],
  ['select', { table: 'id', where: 'array', columns: 'array?' }],
  ['update', { table: 'id', where: 'array', row: 'object' }],
  ['mutate', { table: 'id', where: 'array', mutations: 'array' }],
  ['delete', { table: 'id', where: 'array' }],
  [
    'wait',
    { table: 'id', where: 'array', until: 'string', rows: 'array', columns: 'array?', timeout: 'number?' },
  ],
  ['commit', { durable: 'boolean' }],
  ['abort', {}],
  ['comment', { comment: 'string' }],
  ['assert', { lock: 'id' }],
]);

/**
 * Checks the members of an operation and their JSON types, as ovsdb-server does. `execute` checks their
 * content.
 *
 * @throws Failure
 */
export function readOperation(json: unknown): Operation {
  if (!isObject(json)) fail('syntax error', 'an operation must be a JSON object');
  const { op, ...given } = json;
  const members = OPERATIONS.get(op) ?? fail('syntax error', `no operation ${JSON.stringify(op)}`);
  for (const [name, type] of Object.entries(members)) {
    const value = given[name];
    if (value === undefined && type.endsWith('?')) continue;
    if (value === undefined) fail('syntax error', `the required member ${name} is missing`);
    const kind = type.replace('?', '') as keyof typeof KINDS;
    if (!KINDS[kind](value)) fail('syntax error', `the member ${name} is not of type ${kind}`);
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(members, name)) fail('syntax error', `the member ${name} is not allowed here`);
  if (op === 'wait' && given['until'] !== '==' && given['until'] !== '!=')
    fail('syntax error', 'until must be == or !=');
  return json as unknown as Operation;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
