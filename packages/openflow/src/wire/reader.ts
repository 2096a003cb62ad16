import { malformed } from '../errors.ts';

/**
 * Reads big-endian numbers and byte strings in order. Every read beyond the end throws `OPENFLOW_MALFORMED`.
 */
export class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8 = (): number => this.take(1).readUInt8();
  u16 = (): number => this.take(2).readUInt16BE();
  u32 = (): number => this.take(4).readUInt32BE();
  u64 = (): bigint => this.take(8).readBigUInt64BE();

  /** Returns the next `length` bytes, a view and no copy. */
  take(length: number): Buffer {
    if (length < 0 || length > this.remaining)
      throw malformed(`a field of ${length} bytes does not fit into the remaining ${this.remaining}`);
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  /** Returns a reader of the next `length` bytes. */
  part = (length: number): Reader => new Reader(this.take(length));

  rest = (): Buffer => this.take(this.remaining);

  skip(length: number): void {
    this.take(length);
  }
}
