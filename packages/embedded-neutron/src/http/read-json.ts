import type { Context } from 'hono';
import { KeystoneError } from '../errors.ts';
import { parseJson } from './parse-json.ts';

/** The body of a request to Keystone. @throws KeystoneError 400 */
export async function readJson(context: Context): Promise<unknown> {
  try {
    return parseJson(await context.req.text());
  } catch {
    throw new KeystoneError(400, 'Expecting to find valid JSON in request body.');
  }
}
