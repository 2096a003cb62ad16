import { parse } from 'yaml';
import { CloudConfigError } from '../errors.ts';

/** A YAML mapping with openstacksdk's keys. */
export type Settings = Readonly<Record<string, unknown>>;

export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the mapping below a key; an empty one if the key has none. */
export function settingsAt(settings: Settings, key: string): Settings {
  const value = Object.hasOwn(settings, key) ? settings[key] : undefined;
  return isSettings(value) ? value : {};
}

/** Merges mappings key by key at every depth; any other value of `over` replaces the value of `base`. */
export function mergeSettings(base: Settings, over: Settings): Settings {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isSettings(below) && isSettings(value) ? mergeSettings(below, value) : value;
  }
  return merged;
}

/**
 * Parses a file of settings; an empty one has none.
 *
 * @param path the file's path in error messages
 * @throws {CloudConfigError} CLOUD_FILE_INVALID if the text is no YAML (or JSON) mapping
 */
export function parseSettings(path: string, text: string): Settings {
  const settings = parseYaml(path, text);
  if (settings === null || settings === undefined) return {};
  if (isSettings(settings)) return settings;
  throw new CloudConfigError('CLOUD_FILE_INVALID', `${path} is not a mapping`);
}

/**
 * The error contains only the line number: the parser's message quotes the line, which may contain a
 * password.
 */
function parseYaml(path: string, text: string): unknown {
  try {
    // Ids and passwords stay text: YAML's default schema reads 0123 and 12e34 as numbers. `merge` enables
    // `<<`, which YAML 1.2 lacks, but openstacksdk reads.
    return parse(text, { schema: 'failsafe', customTags: ['null', 'bool'], merge: true }) as unknown;
  } catch (error) {
    const position = error instanceof Error && 'linePos' in error ? error.linePos : undefined;
    const [start] = Array.isArray(position) ? (position as readonly { line: number }[]) : [];
    const where = start === undefined ? '' : ` at line ${start.line}`;
    throw new CloudConfigError('CLOUD_FILE_INVALID', `${path} is not valid YAML${where}`);
  }
}
