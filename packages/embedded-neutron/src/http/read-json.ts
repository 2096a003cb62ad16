import type { Context } from 'hono';
import { KeystoneError } from '../errors.ts';
import { requireSimpleJson } from './simple-json.ts';

/** Parses the body of a request to Keystone. @throws KeystoneError 400, NeutronError RequestTooComplex */
export async function readJson(context: Context): Promise<unknown> {
  const text = await context.req.text();
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new KeystoneError(400, 'Expecting to find valid JSON in request body.');
  }
}

/**
 * Parses JSON within the limits and refuses strings that OVSDB cannot store: NUL (OVSDB's JSON parser closes
 * the connection) and lone surrogates, which have no UTF-8 form (RFC 7047 section 3.1 `<string>`).
 *
 * @param text decoded UTF-8
 * @throws SyntaxError, NeutronError RequestTooComplex
 */
export function parseJson(text: string): unknown {
  requireSimpleJson(text);
  const value: unknown = JSON.parse(text);
  // Only an escape sequence can stand for such a character.
  if (text.includes('\\u')) requireStorable(value);
  return value;
}

/** Looks at all strings of a JSON value, whose nesting is limited. @throws SyntaxError */
function requireStorable(value: unknown): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) throw new SyntaxError('a string contains NUL or half a surrogate pair');
  } else if (Array.isArray(value)) {
    value.forEach(requireStorable);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      requireStorable(key);
      requireStorable(item);
    }
  }
}

/** Whether OVSDB can store a string. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
