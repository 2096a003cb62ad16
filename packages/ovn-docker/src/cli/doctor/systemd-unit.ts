import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** How long systemctl may take, in milliseconds. */
const PATIENCE_MS = 5000;

/** Properties of a unit by their names (systemctl(1), `show`). */
export type UnitProperties = Readonly<Record<string, string>>;

/** A unit as systemd has loaded it, and the lines of its own file. */
export interface SystemdUnit {
  readonly properties: UnitProperties;
  /** The settings of the unit's own file, without drop-ins; the last value of each. */
  readonly settings: UnitProperties;
}

/** Reads a unit; undefined where systemd is not the init system (sd_booted(3)). */
export async function readUnit(name: string): Promise<SystemdUnit | undefined> {
  if (!existsSync('/run/systemd/system')) return undefined;
  const { stdout } = await promisify(execFile)('systemctl', ['show', '--no-pager', name], {
    timeout: PATIENCE_MS,
  });
  const properties = readSettings(stdout);
  const { FragmentPath: path } = properties;
  return { properties, settings: path ? readSettings(await readFile(path, 'utf8').catch(() => '')) : {} };
}

/**
 * Reads lines of `NAME=VALUE`, and ignores all others. In a unit's file, a backslash continues a line, and a
 * repeated setting extends the former ones unless it is empty (systemd.syntax(7)).
 */
export function readSettings(text: string): UnitProperties {
  const settings = new Map<string, string>();
  for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
    const [, name, value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line.trim()) ?? [];
    if (name === undefined) continue;
    const before = settings.get(name);
    settings.set(name, before && value.trim() !== '' ? `${before} ${value.trim()}` : value.trim());
  }
  return Object.fromEntries(settings);
}
