import { inspect } from 'node:util';

const mask = '***';

/** Query parameters whose values no error shows. */
const secretParameter = /token|secret|password|signature|credential/i;

/**
 * Masks the secrets in a text. Secrets of fewer than 4 characters are not masked: they occur in ordinary
 * words.
 */
export function concealIn(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length >= 4) result = result.replaceAll(secret, mask);
  }
  return result;
}

/** Returns a URL for errors: without user information, and with the values of secret parameters masked. */
export function publicUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  for (const name of new Set(shown.searchParams.keys())) {
    if (secretParameter.test(name)) shown.searchParams.set(name, mask);
  }
  return shown.href;
}

/**
 * Returns a copy of an object that prints `***` instead of some fields in util.inspect, console.log,
 * JSON.stringify and loggers. Code still reads the real values.
 */
export function concealFields<T extends object>(source: T, fields: readonly string[]): T {
  const copy = { ...source };
  const shown = () =>
    Object.fromEntries(
      Object.entries(copy).map(([key, value]) => [key, fields.includes(key) ? mask : value]),
    );
  Object.defineProperty(copy, 'toJSON', { value: shown });
  Object.defineProperty(copy, inspect.custom, { value: shown });
  return copy;
}
