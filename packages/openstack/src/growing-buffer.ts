/**
 * Joins pieces of bytes in one buffer that doubles its size when it is full. It keeps no piece: a Buffer
 * object for each of millions of tiny pieces would take a hundred times the memory of their bytes.
 */
export class GrowingBuffer {
  #buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies the piece. */
  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) {
      this.#buffer = Buffer.concat([this.#buffer], Math.max(4096, length, 2 * this.#buffer.length));
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** The bytes so far, not copied. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
