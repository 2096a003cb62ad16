import { z } from 'zod';
import type { Files } from '../machine/files.ts';
import { textFile } from '../machine/files.ts';

const DIRECTORY = '/var/lib/ovn-docker/init';
/** A change of the machine that is neither complete nor undone. */
export const PENDING_FILE = `${DIRECTORY}/pending.json`;
/** What init has changed in this machine, for `--undo`. */
const APPLIED_FILE = `${DIRECTORY}/applied.json`;

const names = z.object({ uplink: z.string(), bridge: z.string() });
const manager = z.enum(['networkd', 'network-manager', 'ifupdown', 'none']);
/** What each step has to restore, by the step's name. */
const before = z.record(z.string(), z.unknown());

const applied = z.object({
  /** The changes that this record includes, the newest last. */
  ids: z.array(z.string()),
  names,
  manager,
  /** Remote of the Open_vSwitch database. */
  remote: z.string(),
  /** The URLs that were reachable. */
  apis: z.array(z.string()).readonly(),
  before,
});

const pending = applied.omit({ ids: true }).extend({
  id: z.string(),
  /** An interrupted init is undone, and an interrupted undo is completed: the same work. */
  kind: z.enum(['init', 'undo']),
  /** The process that makes the change. */
  pid: z.number(),
});

export type Applied = z.infer<typeof applied>;
export type Pending = z.infer<typeof pending>;

/** The records on the machine's disk. A power cut between two calls leaves the machine old or new. */
export class Records {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  applied(): Applied | undefined {
    const text = this.#files.text(APPLIED_FILE);
    return text === undefined ? undefined : applied.parse(JSON.parse(text));
  }

  /** The interrupted or running change. Removes one that was complete already. */
  pending(): Pending | undefined {
    const text = this.#files.text(PENDING_FILE);
    if (text === undefined) return undefined;
    const found = pending.parse(JSON.parse(text));
    if (found.kind === 'undo' || !this.applied()?.ids.includes(found.id)) return found;
    this.#files.write(PENDING_FILE, undefined);
    return undefined;
  }

  /** Call it before the first change. */
  begin(change: Pending): void {
    this.#files.write(PENDING_FILE, this.#file(change));
  }

  /** Makes the pending change permanent: from here on, only `--undo` takes it back. */
  commit(change: Pending, before: Pending['before']): void {
    const { id, names, remote, apis } = change;
    const older = this.applied();
    const ids = [...(older?.ids ?? []), id].slice(-20);
    // After a run with --by-hand, `--undo` still restores the files of an earlier run for that program.
    const manager = change.manager === 'none' && older ? older.manager : change.manager;
    this.#files.write(APPLIED_FILE, this.#file({ ids, names, manager, remote, apis, before }));
    this.#files.write(PENDING_FILE, undefined);
  }

  /** Forgets a change that is undone; after `--undo`, everything. */
  forget({ kind }: Pending): void {
    if (kind === 'undo') this.#files.write(APPLIED_FILE, undefined);
    this.#files.write(PENDING_FILE, undefined);
    this.tidy();
  }

  /** Removes what a process that was killed while it wrote a record has left. */
  tidy(): void {
    const isUsed = [APPLIED_FILE, PENDING_FILE].map((path) => {
      const state = this.#files.read(path);
      this.#files.write(path, state);
      return state !== undefined;
    });
    const newDirectories = isUsed.includes(true) ? [] : [DIRECTORY, '/var/lib/ovn-docker'];
    this.#files.restore({
      path: PENDING_FILE,
      before: this.#files.read(PENDING_FILE),
      after: undefined,
      newDirectories,
    });
  }

  #file(record: object) {
    // Copies of files may contain secrets.
    return textFile(`${JSON.stringify(record)}\n`, 0o600);
  }
}
