import type { Context } from 'hono';
import { isObject } from '../attributes/validators.ts';
import { NeutronError, neutronError } from '../errors.ts';
import { parseJson } from '../http/read-json.ts';
import { parseIfMatch } from '../policy/revision.ts';
import type { Body, Resource } from './resource.ts';

type Names = Pick<Resource, 'singular' | 'plural'>;

const bad = (message: string) => neutronError('HTTPBadRequest', message);

/**
 * Reads the body of a request as a JSON object; a request without a body has an empty one.
 *
 * @throws NeutronError HTTPBadRequest
 */
export async function readObject(context: Context): Promise<Body> {
  const bytes = await context.req.arrayBuffer();
  if (bytes.byteLength === 0) return {};
  const body = parseBody(bytes);
  // JSON that is not an object gets the same answer as invalid JSON.
  if (isObject(body)) return body;
  throw bad('Body contains invalid data');
}

/**
 * Parses the body of a request to a resource of an extension, which checks `If-Match` before the rest of the
 * body. Undefined if the request has no body.
 *
 * @throws NeutronError MalformedRequestBody, RequestTooComplex, BadRequest
 */
export async function parseForExtension(context: Context): Promise<unknown> {
  const bytes = await context.req.arrayBuffer();
  const body =
    bytes.byteLength === 0 ? undefined : parseBody(bytes, () => neutronError('MalformedRequestBody'));
  parseIfMatch(context.req.header('If-Match'));
  return body;
}

/**
 * Parses JSON.
 *
 * @param refusal the error for what is no JSON
 * @throws NeutronError `refusal`, by default HTTPBadRequest; RequestTooComplex
 */
export function parseBody(bytes: ArrayBuffer, refusal = () => bad('Body contains invalid data')): unknown {
  try {
    // Without `fatal`, a byte that is not UTF-8 would be stored as U+FFFD.
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof NeutronError) throw error;
    throw refusal();
  }
}

/** Refuses the body of a request that has none in the API. @throws NeutronError HTTPBadRequest */
export async function refuseBody(context: Context): Promise<void> {
  const { byteLength } = await context.req.arrayBuffer();
  if (byteLength > 0) throw bad('Request body is not supported in DELETE.');
}

/** The body of a POST to a resource of an extension. @throws NeutronError HTTPBadRequest */
export function createdByExtension(body: unknown): Body {
  const isEmpty = !body || (typeof body === 'object' && Object.keys(body).length === 0);
  if (isEmpty) throw bad('Resource body required');
  if (isObject(body)) return body;
  throw bad('Body contains invalid data');
}

/** The body of a PUT of a resource of an extension. @throws NeutronError BadRequest, HTTPBadRequest */
export function changedByExtension(body: unknown): Body {
  if (!isObject(body)) throw neutronError('BadRequest', 'body', `Invalid format: ${JSON.stringify(body)}`);
  return createdByExtension(body);
}

/** Whether a body contains the resource, or resources of its kind. */
export const mentions = ({ singular, plural }: Names, body: Body): boolean =>
  Object.hasOwn(body, singular) || Object.hasOwn(body, plural);

/** Takes the resource from `{port: {…}}`. @throws NeutronError HTTPBadRequest */
export function one(resource: Names, body: Body): Body {
  const item = own(body, resource.singular);
  if (item === undefined || item === null) throw missing(resource);
  if (isObject(item)) return item;
  throw bad(`Object '${resource.singular}' contains invalid data`);
}

/** Takes the resource from the body of a PUT. @throws NeutronError HTTPBadRequest */
export function changeOf(resource: Names, body: Body): Body {
  if (own(body, resource.plural) !== undefined) throw bad('Bulk operation not supported');
  return one(resource, body);
}

/**
 * Takes the resources from `{ports: [{…}]}`; an item can also be `{port: {…}}`. Undefined if the body has no
 * such key.
 *
 * @throws NeutronError HTTPBadRequest
 */
export function many(resource: Names, body: Body): readonly Body[] | undefined {
  const items = own(body, resource.plural);
  if (items === undefined) return undefined;
  if (!items || (typeof items === 'object' && Object.keys(items).length === 0))
    throw bad('Resources required');
  if (typeof items === 'string') throw bad(`Object '${resource.singular}' contains invalid data`);
  if (!Array.isArray(items)) throw bad('Body contains invalid data');
  return items.map((item: unknown) => {
    if (item === null || typeof item === 'number' || typeof item === 'boolean') {
      throw bad('Body contains invalid data');
    }
    const wrapped = isObject(item) && own(item, resource.singular) !== undefined;
    return one(resource, wrapped ? item : { [resource.singular]: item });
  });
}

/** A key of a JSON object, and never one of its prototype. */
function own(body: Body, key: string): unknown {
  return Object.hasOwn(body, key) ? body[key] : undefined;
}

function missing({ singular }: Names): Error {
  return bad(`Unable to find '${singular}' in request body`);
}
