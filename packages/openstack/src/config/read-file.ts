import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CloudConfigError } from '../errors.ts';

/** A mapping as YAML has it, with keys in openstacksdk's spelling. */
export type Settings = Readonly<Record<string, unknown>>;

/** What there is of several files. */
export interface Search {
  /** The file that was taken; none when there is none that may be read. */
  readonly path?: string;
  readonly settings: Settings;
  /** Files that this user may not read: like openstacksdk, they are passed over, but errors name them. */
  readonly forbidden: readonly string[];
}

/**
 * The first of the files that exists and may be read.
 *
 * @throws {CloudConfigError} CLOUD_FILE_INVALID when it is not a YAML (or JSON) mapping
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

/** The mapping below a key; an empty one when there is none. */
export function settingsAt(settings: Settings, key: string): Settings {
  const value = settings[key];
  return isSettings(value) ? value : {};
}

/** Mappings are merged key by key, at every depth; anything else of `over` replaces what was there. */
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

/** The parser's message would quote the line, and that may hold a password: only its place is told. */
function parseYaml(path: string, text: string): unknown {
  try {
    // Ids and passwords stay the text they are: YAML would read 0123 or 12e34 as numbers. `<<` is no part of YAML 1.2, but
    // of what openstacksdk reads.
    return parse(text, { schema: 'failsafe', customTags: ['null', 'bool'], merge: true }) as unknown;
  } catch (error) {
    const position = error instanceof Error && 'linePos' in error ? error.linePos : undefined;
    const [start] = Array.isArray(position) ? (position as readonly { line: number }[]) : [];
    const where = start === undefined ? '' : ` at line ${start.line}`;
    throw new CloudConfigError('CLOUD_FILE_INVALID', `${path} is not valid YAML${where}`);
  }
}
