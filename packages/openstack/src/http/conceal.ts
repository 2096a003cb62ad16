import { inspect } from 'node:util';

const mask = '***';

/** Query parameters whose values are never shown. */
const secretParameter = /token|secret|password|signature|credential/i;

/** Replaces each of the secrets in a text. Very short ones are left: they would mask half of the words. */
export function concealIn(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length >= 4) result = result.replaceAll(secret, mask);
  }
  return result;
}

/** A URL as errors may show it: without user information and without the values of secret parameters. */
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
 * A copy of an object that shows `***` in place of some fields wherever it is printed: util.inspect, console.log,
 * JSON.stringify, a logger. The fields themselves read as always.
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
