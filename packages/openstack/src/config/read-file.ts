import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CloudConfigError } from '../errors.ts';

/** A YAML mapping with openstacksdk's keys. */
export type Settings = Readonly<Record<string, unknown>>;

/** The result of trying several files. */
export interface Search {
  /** The file that was read; undefined if none exists or none may be read. */
  readonly path?: string;
  /** The contents of that file; empty without one. */
  readonly settings: Settings;
  /** Files that this user may not read. They are skipped, as in openstacksdk, but errors name them. */
  readonly forbidden: readonly string[];
}

/**
 * Reads the first of the files that exists and that this user may read.
 *
 * @throws {CloudConfigError} CLOUD_FILE_INVALID if it is not a YAML (or JSON) mapping; CLOUD_FILE_UNREADABLE
 */
export async function readFirst(candidates: readonly string[]): Promise<Search> {
  const forbidden: string[] = [];
  for (const path of candidates) {
    const text = await readIfPossible(path);
    if (typeof text === 'string') return { path, settings: parseSettings(path, text), forbidden };
    if (text === FORBIDDEN) forbidden.push(path);
  }
  return { settings: {}, forbidden };
}

export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the mapping below a key; an empty one if the key has none. */
export function settingsAt(settings: Settings, key: string): Settings {
  const value = settings[key];
  return isSettings(value) ? value : {};
}

/** Merges mappings key by key at every depth; any other value of `over` replaces the value of `base`. */
export function mergeSettings(base: Settings, over: Settings): Settings {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isSettings(below) && isSettings(value) ? mergeSettings(below, value) : value;
  }
  return merged;
}

const FORBIDDEN = Symbol('the file may not be read');

async function readIfPossible(path: string): Promise<string | typeof FORBIDDEN | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES') return FORBIDDEN;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', `${path} cannot be read`, { cause });
  }
}

function parseSettings(path: string, text: string): Settings {
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
