import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CloudConfigError } from '../errors.ts';

/** A mapping as YAML has it, with keys in openstacksdk's spelling. */
export type Settings = Readonly<Record<string, unknown>>;

/** A file that was found, and what it says. */
export interface FoundFile {
  readonly path: string;
  readonly settings: Settings;
}

/**
 * The first of the files that exists and may be read; like openstacksdk, one that may not be read is passed over.
 *
 * @throws {CloudConfigError} CLOUD_FILE_INVALID when it is not a YAML (or JSON) mapping
 */
export async function readFirst(candidates: readonly string[]): Promise<FoundFile | undefined> {
  for (const path of candidates) {
    const text = await readIfPossible(path);
    if (text !== undefined) return { path, settings: parseSettings(path, text) };
  }
  return undefined;
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

async function readIfPossible(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
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
    // Ids and passwords stay the text they are: YAML would read 0123 or 12e34 as numbers.
    return parse(text, { schema: 'failsafe', customTags: ['null', 'bool'] }) as unknown;
  } catch (error) {
    const position = error instanceof Error && 'linePos' in error ? error.linePos : undefined;
    const [start] = Array.isArray(position) ? (position as readonly { line: number }[]) : [];
    const where = start === undefined ? '' : ` at line ${start.line}`;
    throw new CloudConfigError('CLOUD_FILE_INVALID', `${path} is not valid YAML${where}`);
  }
}
