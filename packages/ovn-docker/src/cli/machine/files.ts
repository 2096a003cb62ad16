import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OvnDockerError } from '../../errors.ts';

/** A file or a symbolic link as it can be stored in JSON and written again. */
export type FileState =
  | { readonly content: string; readonly mode: number; readonly uid: number; readonly gid: number }
  | { readonly target: string };

/** A file to change, and the directories that have to be made for it. `undefined` means: no such file. */
export interface FileChange {
  readonly path: string;
  readonly before: FileState | undefined;
  readonly after: FileState | undefined;
  readonly newDirectories: readonly string[];
}

/** Limit for a file that init reads, in bytes: the files of a network have a few kilobytes. */
const LARGEST = 2 ** 20;

function tooLarge(path: string): OvnDockerError {
  return new OvnDockerError('E_NETWORK_CHANGE', `${path} is larger than ${LARGEST} bytes`);
}

/** A file of root with this text. */
export function textFile(text: string, mode = 0o644): FileState {
  return { content: Buffer.from(text).toString('base64'), mode, uid: 0, gid: 0 };
}

/** The text of a file; undefined for a missing file and for a symbolic link. */
export function textOf(state: FileState | undefined): string | undefined {
  return state && 'content' in state ? Buffer.from(state.content, 'base64').toString() : undefined;
}

/** Whether two states are equal in every byte, the permissions and the owner. */
export function isSameFile(one: FileState | undefined, other: FileState | undefined): boolean {
  const keys = ['content', 'mode', 'uid', 'gid', 'target'] as const;
  const values: Partial<Record<string, unknown>>[] = [one ?? {}, other ?? {}];
  return keys.every((key) => values[0]?.[key] === values[1]?.[key]);
}

/** The files of a machine. Every change is atomic and on the disk when the method returns. */
export class Files {
  readonly #root: string;

  /** @param root directory that holds the machine's files; for tests */
  constructor(root = '') {
    this.#root = root;
  }

  /** The path by which this process reaches a file of the machine. */
  locate(path: string): string {
    return this.#root + path;
  }

  /** Returns a file; undefined if there is none. @throws Node's error if it cannot be read or is huge */
  read(path: string): FileState | undefined {
    const real = this.#root + path;
    const found = lstatSync(real, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (found.isSymbolicLink()) return { target: readlinkSync(real) };
    if (!found.isFile()) throw new OvnDockerError('E_NETWORK_CHANGE', `${path} is no file`);
    if (found.size > LARGEST) throw tooLarge(path);
    const { mode, uid, gid } = found;
    return { content: readFileSync(real).toString('base64'), mode: mode & 0o7777, uid, gid };
  }

  /**
   * The text of a file, also behind a symbolic link; undefined if there is none, and for what is no regular
   * file: patterns match directories, and a link to /dev/null masks a file.
   */
  text(path: string): string | undefined {
    const real = this.#root + path;
    const found = lstatSync(real, { throwIfNoEntry: false });
    if (!found || !statSync(real, { throwIfNoEntry: false })?.isFile()) return undefined;
    // A link's target is a path of this machine, so the text behind it is not below another root.
    const state = found.isSymbolicLink()
      ? this.read(realpathSync(real).slice(this.#root.length))
      : this.read(path);
    return textOf(state);
  }

  /** The names in a directory, sorted; none if it does not exist. */
  list(directory: string): string[] {
    try {
      return readdirSync(this.#root + directory).toSorted();
    } catch {
      return [];
    }
  }

  /** Describes a change of a file from what it is now. */
  change(path: string, after: FileState | undefined): FileChange {
    const newDirectories: string[] = [];
    for (let at = dirname(path); at !== '/' && after !== undefined; at = dirname(at)) {
      if (lstatSync(this.#root + at, { throwIfNoEntry: false })) break;
      newDirectories.push(at);
    }
    return { path, before: this.read(path), after, newDirectories };
  }

  /** Makes a file what `state` says; undefined removes it. A file that is so already stays untouched. */
  write(path: string, state: FileState | undefined): void {
    // What cannot be read again could not be restored.
    if (state && 'content' in state && Buffer.byteLength(state.content, 'base64') > LARGEST)
      throw tooLarge(path);
    const real = this.#root + path;
    // A dot hides the new file from ifupdown, netplan and systemd until it is complete.
    const incomplete = join(dirname(real), `.${basename(real)}.ovn-docker-new`);
    try {
      // A process that was killed may have left one.
      rmSync(incomplete, { force: true });
      if (!isSameFile(this.read(path), state)) replaceDurably(real, incomplete, state);
    } catch (error) {
      throw explained(path, error);
    }
  }

  /** Makes a file again what it was before a change, and removes the directories that the change made. */
  restore({ path, before, newDirectories }: FileChange): void {
    this.write(path, before);
    for (const directory of newDirectories) {
      try {
        rmdirSync(this.#root + directory);
      } catch {
        return; // It is not empty, or never existed.
      }
    }
  }
}

function replaceDurably(path: string, incomplete: string, state: FileState | undefined): void {
  if (state === undefined) {
    rmSync(path, { force: true });
  } else {
    mkdirSync(dirname(path), { recursive: true });
    if ('target' in state) symlinkSync(state.target, incomplete);
    else writeDurably(incomplete, state);
    renameSync(incomplete, path);
  }
  syncDirectory(dirname(path));
}

/** The disk is full, the file system is mounted read-only, another program protects the file, … */
function explained(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new OvnDockerError('E_NETWORK_CHANGE', `cannot write ${path}: ${error.message}`, { cause: error });
}

function writeDurably(
  path: string,
  { content, mode, uid, gid }: Extract<FileState, { content: string }>,
): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, Buffer.from(content, 'base64'));
    const { uid: ownUid, gid: ownGid } = fstatSync(file);
    if (ownUid !== uid || ownGid !== gid) chownSync(path, uid, gid);
    chmodSync(path, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A new name in a directory survives a power cut only after this (fsync(2)). */
function syncDirectory(path: string): void {
  let directory: number;
  try {
    directory = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
