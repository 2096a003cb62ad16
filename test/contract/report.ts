import type { Answers } from '../../packages/embedded-neutron/test/cases/case.ts';
import type { Verdict } from '../../packages/embedded-neutron/test/cases/judge.ts';
import type { Selection } from '../../packages/embedded-neutron/test/requests/ask-everything.ts';

interface Row {
  readonly what: string;
  readonly total: number;
  readonly intended: number;
  readonly different: number;
}

/** What a comparison of all answers found, as the tables of docs/contract.md. */
export class Report {
  readonly #selection: Selection;
  readonly #started = performance.now();
  readonly #rows: Row[] = [];
  readonly #statuses = new Map<number, number>();
  readonly #reasons = new Map<string, number>();

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  /** Counts the answers to one kind of request. */
  add(what: string, verdicts: readonly (readonly [Answers, Verdict])[]): void {
    for (const [{ real }, { same, why }] of verdicts) {
      this.#statuses.set(real.status, (this.#statuses.get(real.status) ?? 0) + 1);
      if (same && why !== undefined) this.#reasons.set(why, (this.#reasons.get(why) ?? 0) + 1);
    }
    this.#rows.push({
      what,
      total: verdicts.length,
      intended: verdicts.filter(([, { same, why }]) => same && why !== undefined).length,
      different: verdicts.filter(([, { same }]) => !same).length,
    });
  }

  /** Prints the tables, with the seed that repeats the run. */
  print(): void {
    const { seed, network, identity } = this.#selection;
    const minutes = ((performance.now() - this.#started) / 60_000).toFixed(1);
    const lines = [
      `SEED=${seed} NEUTRON_REQUESTS=${network} KEYSTONE_REQUESTS=${identity}, ${minutes} min`,
      '',
      '| requests | number | as intended | different |',
      '| --- | --- | --- | --- |',
      ...this.#rows.map(
        ({ what, total, intended, different }) => `| ${what} | ${total} | ${intended} | ${different} |`,
      ),
      '',
      '| intended difference | number |',
      '| --- | --- |',
      ...byNumber(this.#reasons),
      '',
      '| status of the real one | number |',
      '| --- | --- |',
      ...byNumber(this.#statuses),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function byNumber(counts: ReadonlyMap<string | number, number>): string[] {
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([key, count]) => `| ${key} | ${count} |`);
}
