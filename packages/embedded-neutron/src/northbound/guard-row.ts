import { randomUUID } from 'node:crypto';
import {
  isWaitFailure,
  type NbTables,
  OvsdbOperationError,
  type Replica,
  type Transaction,
} from '@ovn-docker/ovsdb';
import type { Guards } from './guards.ts';

/** The UUID of the guard row, the same for all replicas of this service. */
export const GUARD_ROW = '6f766e2d-646f-4b65-b26e-657574726f6e';
/** The number of counters in the guard row. */
const STRIPES = 256;
/** The stripes of values that replicas choose have this many regions, so that the replicas do not meet. */
export const REGIONS = 7;
/** The kinds of facts whose values replicas choose. The stripes of the others are in no region. */
const CHOSEN: ReadonlySet<string> = new Set(['ip', 'mac', 'place']);
const GENERATION = 'generation';
const TURN = 'turn';
const BEAT = 'beat';

const counterKey = (stripe: number): string => `c${stripe}`;

/** The region of a stripe. The last one, {@link REGIONS}, has the stripes of facts that are not chosen. */
export const regionOf = (stripe: number): number => stripe % (REGIONS + 1);

/** The stripe of a fact. FNV-1a: cheap, and the same in every replica. */
export function stripeOf(fact: readonly string[]): number {
  const hash = hashOf(fact);
  const line = Math.floor(hash / REGIONS) % (STRIPES / (REGIONS + 1));
  const region = CHOSEN.has(fact[0] ?? '') ? hash % REGIONS : REGIONS;
  return line * (REGIONS + 1) + region;
}

function hashOf(fact: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const part of fact) {
    for (let index = 0; index < part.length; index++) {
      hash = Math.imul(hash ^ part.charCodeAt(index), 0x01000193);
    }
    hash = Math.imul(hash ^ 0xff, 0x01000193);
  }
  return ((hash >>> 16) ^ hash) & 0xffff;
}

/** What the commit of a batch requires of the guard row, and writes. */
interface Commit {
  readonly guards: Guards;
  /** The turn that must be in the row: this replica's own, or '' for none. */
  readonly turn: string;
  /** The number of this commit among those of the replica. */
  readonly number: string;
}

/**
 * The row by which replicas notice each other's commits (docs/decisions/neutron-engine.md): a generation, a
 * counter for each stripe, the turn, and the number of each replica's last commit.
 */
export class GuardRow {
  readonly #replica: Replica<NbTables>;
  /** The key under which the row contains the number of this replica's last commit. */
  readonly #own: string;

  constructor(replica: Replica<NbTables>, replicaId: string) {
    this.#replica = replica;
    this.#own = `last:${replicaId}`;
  }

  /** Whether the row exists with everything that commits need. */
  get complete(): boolean {
    return this.#own in this.#pairs && counterKey(STRIPES - 1) in this.#pairs && TURN in this.#pairs;
  }

  get generation(): string {
    return this.#pairs[GENERATION] ?? '';
  }

  /** The replica that has the turn; '' if none has it. */
  get turn(): string {
    return this.#pairs[TURN] ?? '';
  }

  /** Changes while the holder of the turn is alive. */
  get lastBeat(): string {
    return this.#pairs[BEAT] ?? '';
  }

  /** The number of this replica's last commit. */
  get lastCommit(): string {
    return this.#pairs[this.#own] ?? '';
  }

  /** The counter of a stripe. */
  counter(stripe: number): string {
    return this.#pairs[counterKey(stripe)] ?? '';
  }

  /** Creates the row and its pairs where they are absent. */
  async prepare(): Promise<void> {
    while (!this.complete) {
      if (this.#replica.get('DNS', GUARD_ROW) === undefined) await this.#insert();
      const counters = Array.from({ length: STRIPES }, (_, stripe) => [counterKey(stripe), '0']);
      const pairs = {
        [GENERATION]: randomUUID(),
        [TURN]: '',
        [this.#own]: '0',
        ...Object.fromEntries(counters),
      };
      // OVSDB does not insert a pair whose key exists.
      const tx = this.#replica.transaction();
      await tx.mutate('DNS', GUARD_ROW, { insert: { external_ids: pairs } }).commit();
    }
  }

  /** Adds the guards of a batch, and what the batch writes into the row. */
  guard(tx: Transaction<NbTables>, { guards, turn, number }: Commit): void {
    const required: Record<string, string> = { [TURN]: turn, [this.#own]: this.lastCommit };
    if (guards.generation !== undefined) required[GENERATION] = guards.generation;
    const written: Record<string, string> = { [GENERATION]: randomUUID(), [this.#own]: number, [TURN]: '' };
    for (const [stripe, { seen, claimed }] of guards.stripes) {
      required[counterKey(stripe)] = seen;
      if (claimed) written[counterKey(stripe)] = String(Number(seen) + 1);
    }
    this.#require(tx, required);
    guards.require(tx);
    this.#write(tx, written);
  }

  /** Writes a pair if another one is as expected. Resolves with whether it was. */
  async exchange(
    expected: Readonly<Record<string, string>>,
    written: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const tx = this.#replica.transaction();
    this.#require(tx, expected);
    this.#write(tx, written);
    try {
      await tx.commit();
      return true;
    } catch (error) {
      if (isWaitFailure(error)) return false;
      throw error;
    }
  }

  /** Replaces the turn. Resolves with whether it was as expected. */
  exchangeTurn(expected: string, turn: string): Promise<boolean> {
    return this.exchange({ [TURN]: expected }, { [TURN]: turn });
  }

  /** Shows that the holder of the turn is alive. */
  beat(turn: string): Promise<boolean> {
    return this.exchange({ [TURN]: turn }, { [BEAT]: randomUUID() });
  }

  /** Replaces the number of this replica's last commit: no earlier transaction can take effect after that. */
  fence(expected: string, number: string): Promise<boolean> {
    return this.exchange({ [this.#own]: expected }, { [this.#own]: number });
  }

  /** Removes this replica's pair. */
  async leave(): Promise<void> {
    await this.#replica
      .transaction()
      .mutate('DNS', GUARD_ROW, { delete: { external_ids: [this.#own] } })
      .commit();
  }

  #require(tx: Transaction<NbTables>, pairs: Readonly<Record<string, string>>): void {
    tx.expectPresent('DNS', [
      ['_uuid', '==', GUARD_ROW],
      ['external_ids', 'includes', pairs],
    ]);
  }

  #write(tx: Transaction<NbTables>, pairs: Readonly<Record<string, string>>): void {
    tx.mutate('DNS', GUARD_ROW, {
      delete: { external_ids: Object.keys(pairs) },
      insert: { external_ids: pairs },
    });
  }

  async #insert(): Promise<void> {
    const tx = this.#replica.transaction();
    tx.insert('DNS', { external_ids: { 'neutron:kind': 'guards' } }, { uuid: GUARD_ROW });
    await tx.commit().catch((error: unknown) => {
      // Another replica was faster.
      if (!(error instanceof OvsdbOperationError && error.code === 'duplicate uuid')) throw error;
    });
    await this.#replica.until((replica) => replica.get('DNS', GUARD_ROW));
  }

  get #pairs(): Readonly<Record<string, string>> {
    return this.#replica.get('DNS', GUARD_ROW)?.external_ids ?? {};
  }
}
