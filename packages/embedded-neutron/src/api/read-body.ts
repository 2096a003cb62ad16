import type { Context } from 'hono';
import { neutronError } from '../errors.ts';
import { parseJson } from '../http/read-json.ts';
import type { Body, Resource } from './resource.ts';

/** Reads the body of a request as a JSON object. @throws NeutronError HTTPBadRequest */
export async function readObject(context: Context): Promise<Body> {
  const text = await context.req.text();
  try {
    const body = parseJson(text);
    if (isObject(body)) return body;
  } catch {
    // Invalid JSON gets the same answer as JSON that is not an object.
  }
  throw neutronError('HTTPBadRequest', 'Body contains invalid data');
}

/** Takes the resource from `{port: {…}}`. @throws NeutronError HTTPBadRequest */
export function one(resource: Resource, body: Body): Body {
  const item = body[resource.singular];
  if (isObject(item)) return item;
  throw neutronError('HTTPBadRequest', `Unable to find '${resource.singular}' in request body`);
}

/**
 * Takes the resources from `{ports: [{…}]}`. Undefined if the body has no such key.
 *
 * @throws NeutronError HTTPBadRequest
 */
export function many(resource: Resource, body: Body): readonly Body[] | undefined {
  const items = body[resource.plural];
  if (items === undefined) return undefined;
  if (!Array.isArray(items) || items.length === 0) throw neutronError('HTTPBadRequest', 'Resources required');
  if (items.every(isObject)) return items;
  throw neutronError('HTTPBadRequest', `Unable to find '${resource.singular}' in request body`);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
