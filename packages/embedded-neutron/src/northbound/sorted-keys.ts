/** A block that has become longer than this is split. */
const MAX_BLOCK = 512;

/** Unique keys in their order, for lists in pages. A change moves only the keys of one block. */
export class SortedKeys {
  /** Each block is sorted, and its keys precede those of the next one. Only the first block may be empty. */
  readonly #blocks: string[][] = [[]];
  #all: readonly string[] | undefined;

  add(key: string): void {
    const number = this.#blockOf(key);
    const block = this.#blocks[number] as string[];
    const index = lowerBound(block, key);
    if (block[index] === key) return;
    block.splice(index, 0, key);
    this.#all = undefined;
    if (block.length > MAX_BLOCK) this.#blocks.splice(number + 1, 0, block.splice(MAX_BLOCK / 2));
  }

  remove(key: string): void {
    const number = this.#blockOf(key);
    const block = this.#blocks[number] as string[];
    const index = lowerBound(block, key);
    if (block[index] !== key) return;
    block.splice(index, 1);
    this.#all = undefined;
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(number, 1);
  }

  /** The keys in order. The array does not change. */
  get keys(): readonly string[] {
    this.#all ??= this.#blocks.flat();
    return this.#all;
  }

  /** The last block whose first key is not greater than the key, or else the first block. */
  #blockOf(key: string): number {
    let [low, high] = [0, this.#blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#blocks[middle]?.[0] ?? '') <= key) low = middle;
      else high = middle - 1;
    }
    return low;
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
