import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { readJson } from '../../http/read-json.ts';

/**
 * The attributes in a request body, `{"user": {…}}`. Without them an empty object, as in Keystone: the
 * attributes that are required are then missing.
 *
 * @throws KeystoneError 400
 */
export async function readMember(context: Context, name: string): Promise<unknown> {
  const body = await readJson(context);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new KeystoneError(400, `Expecting to find ${name} in request body.`);
  }
  const member = Object.hasOwn(body, name) ? (body as Readonly<Record<string, unknown>>)[name] : {};
  // A copy of such an object would lose the attribute, or get another prototype.
  if (typeof member === 'object' && member !== null && Object.hasOwn(member, '__proto__')) {
    throw new KeystoneError(400, "Invalid input for field '__proto__'");
  }
  return member;
}
