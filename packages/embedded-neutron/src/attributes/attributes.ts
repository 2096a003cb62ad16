import { neutronError } from '../errors.ts';
import { attributeRule, type Caller, isAdmin } from '../policy/caller.ts';
import { type Parse, parseAttribute } from './parse.ts';
import { text } from './validators.ts';

/** One attribute of a resource in a request. */
export interface Attribute<T> {
  readonly type: Parse<T>;
  /** The value if a POST does not contain the attribute. Without this and `required`, it is undefined. */
  readonly initial?: T;
  readonly required?: true;
  /** A PUT can change the attribute. */
  readonly put?: true;
  /** Only admins may set the attribute. A POST of others may contain the default value. */
  readonly admin?: true;
}

/**
 * The attributes of a resource by name, without `id` and the standard read-only attributes, in the order in
 * which Neutron checks them: it reports the first one that is wrong.
 */
export type AttributeTable = Readonly<Record<string, Attribute<unknown>>>;

type Value<A> = A extends { readonly type: Parse<infer T> } ? T : never;
type Given<A> = A extends { readonly required: true } | { readonly initial: unknown }
  ? Value<A>
  : Value<A> | undefined;

/** The values of a POST, with defaults filled in. */
export type CreateValues<A> = { readonly [K in keyof A]: Given<A[K]> } & { readonly project_id: string };
/** The values of a PUT: only the attributes that the body contains. */
export type UpdateValues<A> = { readonly [K in keyof A]?: Value<A[K]> };

/** The attributes of a kind of resource, as requests see them. */
export interface Schema<A extends AttributeTable> {
  /** The singular name of the resource, for the names of policy rules. */
  readonly singular: string;
  readonly attributes: A;
  /** Attributes that answers contain and no request may set, besides those of every resource. */
  readonly readOnly: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

/** The read-only attributes of every resource. */
const READ_ONLY = ['id', 'created_at', 'updated_at', 'revision_number'];
const OWNER = ['tenant_id', 'project_id'];

/**
 * Checks the body of a POST: only known attributes, their types, and all required ones.
 * {@link refuseAdminValues} checks the caller's right to set them.
 *
 * @throws NeutronError HTTPBadRequest, InvalidInput
 */
export function parseCreate<A extends AttributeTable>(
  schema: Schema<A>,
  body: Body,
  caller: Caller,
): CreateValues<A> {
  const owner = ownerOf(body, caller);
  refuseUnknown(schema, body);
  const readOnly = Object.keys(body).find((name) => isReadOnly(schema, name));
  if (readOnly !== undefined) {
    throw neutronError('HTTPBadRequest', `Attribute '${readOnly}' not allowed in POST`);
  }
  const given = new Map(Object.entries(body));
  const entries = Object.entries(schema.attributes);
  const missing = entries.find(([name, { required }]) => required && !given.has(name));
  if (missing !== undefined) {
    throw neutronError(
      'HTTPBadRequest',
      `Failed to parse request. Required attribute '${missing[0]}' not specified`,
    );
  }
  const values = entries.map(([name, { type, initial }]): [string, unknown] => [
    name,
    given.has(name) ? parseAttribute(name, type, given.get(name)) : initial,
  ]);
  return { project_id: owner, ...Object.fromEntries(values) } as CreateValues<A>;
}

/**
 * Checks the body of a PUT. Returns only the attributes that the body contains. {@link refuseAdminChanges}
 * checks the caller's right to set them.
 *
 * @throws NeutronError HTTPBadRequest, InvalidInput
 */
export function parseUpdate<A extends AttributeTable>(
  schema: Schema<A>,
  body: Body,
  caller: Caller,
): UpdateValues<A> {
  ownerOf(body, caller);
  refuseUnknown(schema, body);
  const names = Object.keys(body);
  const readOnly = names.find((name) => !isKnown(schema, name) || !schema.attributes[name]?.put);
  if (readOnly !== undefined) {
    throw neutronError('HTTPBadRequest', `Cannot update read-only attribute ${readOnly}`);
  }
  const values = Object.entries(schema.attributes)
    .filter(([name]) => Object.hasOwn(body, name))
    .map(([name, { type }]) => [name, parseAttribute(name, type, body[name])]);
  return Object.fromEntries(values) as UpdateValues<A>;
}

/**
 * Refuses a POST with attributes that only admins may set; their default values need no right.
 *
 * @param values what was read from the body
 * @throws NeutronError PolicyNotAuthorized
 */
export function refuseAdminValues(
  schema: Schema<AttributeTable>,
  body: Body,
  values: Body,
  caller: Caller,
): void {
  const set = Object.entries(schema.attributes).filter(
    ([name, { initial }]) => Object.hasOwn(body, name) && values[name] !== initial,
  );
  refuseAdminAttributes(
    `create_${schema.singular}`,
    schema,
    set.map(([name]) => name),
    caller,
  );
}

/** Refuses a PUT with attributes that only admins may set. @throws NeutronError PolicyNotAuthorized */
export function refuseAdminChanges(
  schema: Schema<AttributeTable>,
  names: readonly string[],
  caller: Caller,
): void {
  refuseAdminAttributes(`update_${schema.singular}`, schema, names, caller);
}

/** The project of a new resource: that of the caller, or one that an admin names. */
function ownerOf(body: Body, caller: Caller): string {
  const named = OWNER.filter((name) => Object.hasOwn(body, name)).map((name) => body[name]);
  if (named.length === 0) return caller.projectId;
  const [owner] = named;
  if (named.some((other) => other !== owner)) {
    throw neutronError('HTTPBadRequest', "'project_id' and 'tenant_id' do not match");
  }
  if (owner !== caller.projectId && !isAdmin(caller)) {
    throw neutronError(
      'HTTPBadRequest',
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges",
    );
  }
  return parseAttribute('tenant_id', text(), owner);
}

const isKnown = ({ attributes }: Schema<AttributeTable>, name: string): boolean =>
  Object.hasOwn(attributes, name);

const isReadOnly = ({ readOnly }: Schema<AttributeTable>, name: string): boolean =>
  READ_ONLY.includes(name) || readOnly.includes(name);

function refuseUnknown(schema: Schema<AttributeTable>, body: Body): void {
  const unknown = Object.keys(body).filter(
    (name) => !isKnown(schema, name) && !isReadOnly(schema, name) && !OWNER.includes(name),
  );
  if (unknown.length > 0)
    throw neutronError('HTTPBadRequest', `Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

function refuseAdminAttributes(
  action: string,
  schema: Schema<AttributeTable>,
  names: readonly string[],
  caller: Caller,
): void {
  if (isAdmin(caller)) return;
  const refused = names.find((name) => schema.attributes[name]?.admin);
  if (refused !== undefined) throw neutronError('PolicyNotAuthorized', attributeRule(action, refused));
}
