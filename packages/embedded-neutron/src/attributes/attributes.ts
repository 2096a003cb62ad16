import type { z } from 'zod';
import { neutronError } from '../errors.ts';
import { attributeRule, type Caller, isAdmin } from '../policy/caller.ts';
import { CONVERSION } from './validators.ts';

/** One attribute of a resource in a request. */
export interface Attribute<T> {
  readonly type: z.ZodType<T>;
  /** The value if a POST does not contain the attribute. Without this and `required`, it is undefined. */
  readonly initial?: T;
  readonly required?: true;
  /** A PUT can change the attribute. */
  readonly put?: true;
  /** Only admins may set the attribute. */
  readonly admin?: true;
}

/** The attributes of a resource by name, without `id` and the standard read-only attributes. */
export type AttributeTable = Readonly<Record<string, Attribute<unknown>>>;

type Value<A> = A extends { readonly type: z.ZodType<infer T> } ? T : never;
type Given<A> = A extends { readonly required: true } | { readonly initial: unknown }
  ? Value<A>
  : Value<A> | undefined;

/** The values of a POST, with defaults filled in. */
export type CreateValues<A> = { readonly [K in keyof A]: Given<A[K]> } & { readonly project_id: string };
/** The values of a PUT: only the attributes that the body contains. */
export type UpdateValues<A> = { readonly [K in keyof A]?: Value<A[K]> };

const READ_ONLY = new Set([
  'id',
  'status',
  'created_at',
  'updated_at',
  'revision_number',
  'tenant_id',
  'project_id',
]);

/**
 * Checks the body of a POST: only known attributes, their types, all required ones, and the caller's right to
 * set them.
 *
 * @param resource singular name, for the names of policy rules
 * @throws NeutronError HTTPBadRequest, InvalidInput, PolicyNotAuthorized
 */
export function parseCreate<A extends AttributeTable>(
  resource: string,
  table: A,
  body: Readonly<Record<string, unknown>>,
  caller: Caller,
): CreateValues<A> {
  const { tenant_id, project_id = tenant_id, ...given } = body;
  if (project_id !== undefined && project_id !== caller.projectId && !isAdmin(caller)) {
    throw neutronError(
      'HTTPBadRequest',
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges",
    );
  }
  refuseUnknown(table, given);
  const readOnly = Object.keys(given).find((name) => READ_ONLY.has(name));
  if (readOnly !== undefined)
    throw neutronError('HTTPBadRequest', `Attribute '${readOnly}' not allowed in POST`);
  const values: Record<string, unknown> = {
    project_id: typeof project_id === 'string' ? project_id : caller.projectId,
  };
  for (const [name, attribute] of Object.entries(table)) {
    const value = given[name];
    if (value === undefined) {
      if (attribute.required) {
        throw neutronError(
          'HTTPBadRequest',
          `Failed to parse request. Required attribute '${name}' not specified`,
        );
      }
      values[name] = attribute.initial;
    } else {
      values[name] = parseValue(name, attribute, value);
    }
  }
  refuseAdminAttributes(`create_${resource}`, table, given, caller);
  return values as CreateValues<A>;
}

/**
 * Checks the body of a PUT. Returns only the attributes that the body contains.
 *
 * @throws NeutronError as {@link parseCreate}
 */
export function parseUpdate<A extends AttributeTable>(
  resource: string,
  table: A,
  body: Readonly<Record<string, unknown>>,
  caller: Caller,
): UpdateValues<A> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const attribute = table[name];
    if (attribute?.put) values[name] = parseValue(name, attribute, value);
    else if (attribute !== undefined || READ_ONLY.has(name)) {
      throw neutronError('HTTPBadRequest', `Cannot update read-only attribute ${name}`);
    }
  }
  refuseUnknown(table, body);
  refuseAdminAttributes(`update_${resource}`, table, body, caller);
  return values as UpdateValues<A>;
}

function parseValue(name: string, attribute: Attribute<unknown>, value: unknown): unknown {
  const result = attribute.type.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const message = issue?.message ?? 'it is not valid';
  if (issue?.code === 'custom' && issue.params?.['type'] === CONVERSION) {
    throw neutronError('InvalidInput', message);
  }
  throw neutronError('HTTPBadRequest', `Invalid input for ${name}. Reason: ${message}.`);
}

function refuseUnknown(table: AttributeTable, body: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(table, name) && !READ_ONLY.has(name));
  if (unknown.length > 0)
    throw neutronError('HTTPBadRequest', `Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

function refuseAdminAttributes(
  action: string,
  table: AttributeTable,
  body: Readonly<Record<string, unknown>>,
  caller: Caller,
): void {
  if (isAdmin(caller)) return;
  const refused = Object.keys(body).find((name) => table[name]?.admin);
  if (refused !== undefined) throw neutronError('PolicyNotAuthorized', attributeRule(action, refused));
}
