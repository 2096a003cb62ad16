import { CloudConfigError } from '../errors.ts';
import type { Settings } from './settings.ts';

/** Returns the text of the first key that has one; an empty text does not count. */
export function text(settings: Settings, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = settings[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/**
 * Returns a setting as a boolean. In YAML it may be a boolean, and in a variable a word such as `yes` or `0`.
 *
 * @throws {CloudConfigError} CLOUD_BAD_VALUE
 */
export function flag(settings: Settings, key: string): boolean | undefined {
  const value = settings[key];
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || value === '') return undefined;
  if (/^(true|yes|on|1)$/i.test(value)) return true;
  if (/^(false|no|off|0)$/i.test(value)) return false;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `${key} must be true or false, not '${value}'`);
}

/** Returns a number of seconds, in ms. @throws {CloudConfigError} CLOUD_BAD_VALUE */
export function seconds(settings: Settings, key: string): number | undefined {
  const value = text(settings, key);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number * 1000;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `${key} must be a number of seconds, not '${value}'`);
}
