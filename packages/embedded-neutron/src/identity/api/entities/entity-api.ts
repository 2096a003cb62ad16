import { z } from 'zod';
import { KeystoneError } from '../../../errors.ts';
import type { NbTransaction } from '../../../northbound/northbound.ts';
import { parseRequest } from '../../auth-request.ts';
import type { Domain, Entity } from '../../entities.ts';
import type { EntityStore } from '../../entity-store.ts';
import type { Identity, Principal } from '../../identity.ts';

/** An admin's request to create or change an object. */
export interface Change {
  readonly identity: Identity;
  readonly caller: Principal;
  /** Hashes a password in its turn. */
  readonly hash: (password: string) => Promise<string>;
}

/** How the API serves one kind of object of the directory. */
export interface EntityApi<T extends Entity> {
  readonly singular: string;
  readonly plural: string;
  /** The attributes by which lists can be filtered. */
  readonly filters: readonly string[];
  store(identity: Identity): EntityStore<T>;
  render(item: T, url: string): Record<string, unknown>;
  /** The domain that contains an item, for lists with a token for a domain. */
  domainOf(item: T): string | undefined;
  /** Whether a caller who is no admin may read the item with this id. */
  mayRead(identity: Identity, caller: Principal, id: string): boolean;
  /** Checks the attributes of a new object. @throws KeystoneError 400 */
  make(change: Change, id: string, body: unknown): Promise<T>;
  /** Checks new attributes. Returns the function that applies them. @throws KeystoneError 400 */
  change(change: Change, body: unknown): Promise<(before: T) => T>;
  /** Adds to a plan what a change of the object entails. */
  onChange?(tx: NbTransaction, identity: Identity, before: T, after: T): void;
  /** Adds the deletion to a plan, with everything that depends on the object. */
  delete(tx: NbTransaction, identity: Identity, item: T): void;
}

/** Bytes of JSON: the description and the additional attributes of an object. */
const MAX_TEXT = 4096;

export const description = z.string().max(MAX_TEXT);
export const longName = z.string().min(1).max(255).regex(/\S/, 'must contain more than white space');
export const shortName = longName.max(64);
/** The id of an object in a request. */
export const reference = z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/, 'is no id');
/** Resource options change what Keystone does; this service has none of them. */
export const options = z.strictObject({}, 'embedded-neutron supports no options');
/** The API working group's guideline: no slash and no comma. */
export const tag = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^,/]*$/, 'must contain neither comma nor slash');
export const tags = z
  .array(tag)
  .max(80)
  .refine((all) => new Set(all).size === all.length, 'has duplicate items');

/** What domains and projects have in common. */
export const describedAttributes = {
  name: shortName,
  description: description.nullish(),
  enabled: z.boolean().optional(),
  tags: tags.optional(),
  options: options.optional(),
};

type Described = Pick<Domain, 'name' | 'description' | 'enabled' | 'tags' | 'extra'>;
type Given = Partial<z.output<z.ZodObject<typeof describedAttributes>>>;

/** The common attributes of a new domain or project. */
export function newDescribed(given: Given & { readonly name: string }, extra: Entity['extra']): Described {
  return {
    name: given.name,
    description: given.description ?? '',
    enabled: given.enabled ?? true,
    tags: given.tags ?? [],
    extra,
  };
}

/** The common attributes after a change. @throws KeystoneError 400 */
export function changedDescribed(before: Described, given: Given, extra: Entity['extra']): Described {
  return {
    name: given.name ?? before.name,
    description: given.description ?? before.description,
    enabled: given.enabled ?? before.enabled,
    tags: given.tags ?? before.tags,
    extra: mergeExtra(before.extra, extra),
  };
}

/** Attributes that the service sets itself and ignores in a request for a new object. */
const OWN = ['id', 'links', 'extra'];

/**
 * Reads the attributes of a new object. Attributes that `known` lacks are additional ones.
 *
 * @throws KeystoneError 400
 */
export function readNew<S extends z.ZodRawShape>(known: S, body: unknown) {
  const given = parseRequest(z.looseObject(known), body);
  return { given: given as z.output<z.ZodObject<S>>, extra: extraOf(known, given) };
}

/**
 * Reads new attributes of an object, which are all optional.
 *
 * @throws KeystoneError 400 if there are none
 */
export function readChange<S extends z.ZodRawShape>(known: S, body: unknown) {
  const given = parseRequest(z.looseObject(known).partial(), body);
  if (Object.keys(given).length === 0) throw new KeystoneError(400, '{} does not have enough properties');
  return { given: given as Partial<z.output<z.ZodObject<S>>>, extra: extraOf(known, given) };
}

/** Replaces the additional attributes that a change names. @throws KeystoneError 400 if they are too long */
export function mergeExtra(before: Entity['extra'], added: Entity['extra']): Entity['extra'] {
  const merged = { ...before, ...added };
  if (Buffer.byteLength(JSON.stringify(merged)) > MAX_TEXT) {
    throw new KeystoneError(400, `The additional attributes have more than ${MAX_TEXT} bytes.`);
  }
  return merged;
}

/** Refuses a change of an attribute that never changes. @throws KeystoneError */
export function requireSame(what: string, given: unknown, present: unknown, status = 400): void {
  if (given === undefined || given === present) return;
  throw new KeystoneError(status, `Update of \`${what}\` is not allowed.`);
}

function extraOf(known: z.ZodRawShape, given: Readonly<Record<string, unknown>>): Entity['extra'] {
  const names = Object.keys(given).filter((name) => !Object.hasOwn(known, name) && !OWN.includes(name));
  return mergeExtra({}, Object.fromEntries(names.map((name) => [name, given[name]])));
}
