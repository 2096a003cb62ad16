import type { Stats } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CloudConfigError } from '../errors.ts';
import { readBounded } from './read-file.ts';
import type { Candidate } from './search-path.ts';
import { parseSettings, type Settings } from './settings.ts';
import { isTrusted, type Place } from './trust.ts';
import { isWritableByOthers, whoElseCanChange } from './writers.ts';

/** A file that exists, its settings and its trust. */
export interface ConfigFile {
  readonly place: Place;
  readonly settings: Settings;
}

/** Which files are read, and who learns of those that are not. */
export interface FileRules {
  /** Do not read files that are not trusted, even if the caller named them. */
  readonly trustedOnly: boolean;
  /** Whether a named file may be a pipe. */
  readonly acceptsPipes: boolean;
  warn(message: string): void;
}

/** Reads the files of the search path, and remembers those that it could not or would not use. */
export class ConfigFiles {
  /** Files that this user may not read. They are skipped, as in openstacksdk, but errors name them. */
  readonly forbidden: string[] = [];
  /** Files that were ignored, each with the reason. */
  readonly ignored: string[] = [];
  readonly #rules: FileRules;

  constructor(rules: FileRules) {
    this.#rules = rules;
  }

  /**
   * Yields those of the files that exist and may be read, in their order.
   *
   * @throws {CloudConfigError} CLOUD_FILE_INVALID if one is not a YAML (or JSON) mapping;
   * CLOUD_FILE_UNTRUSTED if the user named a file that is not trusted; CLOUD_FILE_UNREADABLE
   */
  async *existing(candidates: readonly Candidate[]): AsyncGenerator<ConfigFile> {
    for (const candidate of candidates) {
      const file = await this.#readIfPossible(candidate);
      if (file === undefined) continue;
      const mustBeTrusted = this.#rules.trustedOnly || candidate.found === 'configured';
      if (!mustBeTrusted || isTrusted(file.place)) {
        yield { place: file.place, settings: parseSettings(candidate.path, file.text) };
        continue;
      }
      if (isChosen(candidate)) throwUntrusted(file.place);
      this.ignore(file.place, '');
    }
  }

  /** Warns that a file is ignored. @param why the reason besides the file's lack of trust */
  ignore({ path, distrust }: Place, why: string): void {
    const message = `ignored ${path}: ${[distrust, why].filter(Boolean).join('; ')}`;
    if (this.ignored.includes(message)) return;
    this.ignored.push(message);
    this.#rules.warn(message);
  }

  async #readIfPossible(
    candidate: Candidate,
  ): Promise<{ readonly text: string; readonly place: Place } | undefined> {
    const { path, found } = candidate;
    try {
      const { text, stats } = await readBounded(path, {
        acceptsPipe: found === 'named' && this.#rules.acceptsPipes,
      });
      return { text, place: await this.#placeOf(candidate, stats) };
    } catch (cause) {
      if (cause instanceof CloudConfigError) throw cause;
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      if (code !== 'EACCES') {
        throw new CloudConfigError('CLOUD_FILE_UNREADABLE', `${path} cannot be read`, { cause });
      }
      this.forbidden.push(path);
      return undefined;
    }
  }

  async #placeOf({ path, found }: Candidate, stats: Stats): Promise<Place> {
    // A file that the caller named has the caller's trust, unless only trusted files may be read.
    const isNamed = found === 'named' && !this.#rules.trustedOnly;
    const writer = isNamed ? undefined : await whoElseCanChange(path);
    const distrust = found === 'working directory' ? 'it is in the working directory' : writer;
    // Through symbolic links: a link beside clouds.yaml must not pass for a file beside it. A pipe has no
    // path.
    const directory = dirname(await realpath(path).catch(() => path));
    const neighbourhood = isWritableByOthers(stats) ? path : `${directory}:${stats.uid}`;
    return { path, neighbourhood, ...(distrust === undefined ? {} : { distrust }) };
  }
}

/** Whether the user chose this very file. Another one in its place could describe another cloud. */
function isChosen({ found }: Candidate): boolean {
  return found === 'named' || found === 'configured';
}

function throwUntrusted({ path, distrust }: Place): never {
  throw new CloudConfigError('CLOUD_FILE_UNTRUSTED', `${path} is not trusted: ${distrust}`);
}
