/** More changes than this are applied by sorting all keys again. */
const MAX_SINGLE_CHANGES = 256;

/** Unique keys in their order, for lists in pages. Changes are applied when the keys are next read. */
export class SortedKeys {
  #sorted: string[] = [];
  readonly #changes = new Map<string, 'add' | 'remove'>();

  add(key: string): void {
    this.#change(key, 'add');
  }

  remove(key: string): void {
    this.#change(key, 'remove');
  }

  /** The keys in order. The array is valid until the next turn of the event loop. */
  get keys(): readonly string[] {
    if (this.#changes.size > MAX_SINGLE_CHANGES) {
      const keys = new Set(this.#sorted);
      for (const [key, change] of this.#changes) {
        if (change === 'add') keys.add(key);
        else keys.delete(key);
      }
      this.#sorted = [...keys].sort();
    } else {
      for (const [key, change] of this.#changes) this.#apply(key, change);
    }
    this.#changes.clear();
    return this.#sorted;
  }

  #change(key: string, change: 'add' | 'remove'): void {
    this.#changes.set(key, change);
  }

  #apply(key: string, change: 'add' | 'remove'): void {
    const index = lowerBound(this.#sorted, key);
    const present = this.#sorted[index] === key;
    if (change === 'add' && !present) this.#sorted.splice(index, 0, key);
    if (change === 'remove' && present) this.#sorted.splice(index, 1);
  }
}

/** The index of the first element that is not less than the key. */
export function lowerBound(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
