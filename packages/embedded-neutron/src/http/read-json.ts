import type { Context } from 'hono';
import { KeystoneError } from '../errors.ts';

/** Parses the body of a request to Keystone. @throws KeystoneError 400 */
export async function readJson(context: Context): Promise<unknown> {
  try {
    return parseJson(await context.req.text());
  } catch {
    throw new KeystoneError(400, 'Expecting to find valid JSON in request body.');
  }
}

/**
 * Parses JSON and refuses strings that OVSDB cannot store: NUL (OVSDB's JSON parser closes the connection)
 * and lone surrogates, which have no UTF-8 form (RFC 7047 section 3.1 `<string>`).
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (!isStorable(key) || (typeof value === 'string' && !isStorable(value))) {
      throw new SyntaxError('a string contains NUL or half a surrogate pair');
    }
    return value;
  });
}

/** Whether OVSDB can store a string. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
