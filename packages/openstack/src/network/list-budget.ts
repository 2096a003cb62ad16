import type { ServiceAnswer } from '../http/answers.ts';
import type { AnswerLimits } from '../http/limits.ts';

/** A page that was read, and what it cost. */
interface ReadPage {
  /** The query that requested it. */
  readonly query: string;
  readonly items: readonly unknown[];
  readonly answer: ServiceAnswer;
  readonly elapsedMs: number;
}

/** What is left of the limits of one list. */
export class ListBudget {
  readonly #limits: Required<AnswerLimits>;
  readonly #queries = new Set<string>();
  #pages = 0;
  #items = 0;
  #length = 0;
  #elapsedMs = 0;

  constructor(limits: Required<AnswerLimits>) {
    this.#limits = limits;
  }

  /** The listing starts again from its beginning, so that it may request the same pages again. */
  restart(): void {
    this.#queries.clear();
  }

  /**
   * Accounts for a page. Only the time of requests counts, not that of a caller who reads slowly.
   *
   * @throws {OpenStackError} OPENSTACK_ENDLESS_LIST if a limit is exceeded, or the query was sent before: the
   * `next` links of such a list lead round in a circle
   */
  spend({ query, items, answer, elapsedMs }: ReadPage): void {
    const { pages, items: mostItems, listLength, listMs } = this.#limits;
    const fail = (reason: string) => answer.unexpected(reason, 'OPENSTACK_ENDLESS_LIST');
    if (this.#queries.has(query)) throw fail('the list repeats a page');
    this.#queries.add(query);
    this.#pages += 1;
    this.#items += items.length;
    this.#length += answer.length;
    this.#elapsedMs += elapsedMs;
    if (this.#pages > pages) throw fail(`the list has more than ${pages} pages`);
    if (this.#items > mostItems) throw fail(`the list has more than ${mostItems} resources`);
    if (this.#length > listLength) throw fail(`the list has more than ${listLength} characters`);
    if (this.#elapsedMs > listMs) throw fail(`the list took longer than ${listMs} ms`);
  }
}
