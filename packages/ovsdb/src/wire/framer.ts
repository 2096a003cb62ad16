import { OvsdbMessageTooLargeError, OvsdbProtocolError } from '../errors.ts';
import type { MessagePart, SpineLevel } from './message-parts.ts';
import { PartParser } from './part-parser.ts';

/** Limits of a `Framer`. */
export interface FramerOptions {
  /**
   * Longest part that is accepted, in bytes. The framer buffers one part; a caller that collects parts limits
   * their sum.
   */
  readonly maxMessageBytes: number;
  /**
   * Size at which a message is cut, in bytes: parsing one part blocks the event loop for about a millisecond.
   */
  readonly partBytes?: number;
}

/** Deepest nesting at which a message is cut: result → updates → table → rows. */
const SPINE_DEPTH = 4;
/** Deepest nesting that is accepted; ovsdb-server has the same limit (JSON_MAX_HEIGHT). */
const MAX_DEPTH = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** Clears the bit in which braces and brackets differ. */
const EITHER_BRACKET = 0xdf;

/**
 * Finds the messages in a stream of bytes (RFC 7047 §4: JSON texts one after the other, without a delimiter).
 *
 * The framer scans the bytes once for brackets and strings; JSON.parse does the rest. That is as fast as one
 * JSON.parse of the whole stream, and several times faster than streaming parsers. Multi-byte UTF-8 needs no
 * special treatment: none of its bytes looks like a bracket or quote. A long message is parsed in parts as it
 * arrives.
 */
export class Framer {
  readonly #maxMessageBytes: number;
  readonly #partBytes: number;
  readonly #onPart: (part: MessagePart) => void;
  readonly #parser = new PartParser();

  // The scanner's state between two chunks.
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Bytes of the current part from earlier chunks. */
  #buffered: Buffer[] = [];
  #bufferedBytes = 0;
  /** The opening brackets of the open containers, down to SPINE_DEPTH. */
  readonly #kinds = new Uint8Array(SPINE_DEPTH);
  /**
   * Per level, the offset of the open child's key in the current part; -1 when the key is in an earlier part.
   */
  readonly #keyStart = new Int32Array(SPINE_DEPTH);
  readonly #keyEnd = new Int32Array(SPINE_DEPTH);
  #lastStringStart = 0;
  #lastStringEnd = 0;
  /** Depth of the object when the current part contains only members of one object; otherwise 0. */
  #memberDepth = 0;
  /** Offsets of the colons of those members in the current part. */
  #colons: number[] = [];
  #commas = 0;

  constructor(options: FramerOptions, onPart: (part: MessagePart) => void) {
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#partBytes = options.partBytes ?? 65_536;
    this.#onPart = onPart;
  }

  /**
   * Scans the next bytes of the stream and calls back for each message, or part of a long message, that they
   * complete. Keeps no reference to `chunk`. After an error the framer cannot be used any more.
   *
   * @throws OvsdbProtocolError when the bytes are not JSON, OvsdbMessageTooLargeError
   */
  push(chunk: Buffer): void {
    const length = chunk.length;
    let start = 0;
    let i = 0;
    while (i < length) {
      if (this.#inString || this.#depth > SPINE_DEPTH) {
        i = this.#skip(chunk, i, this.#bufferedBytes - start);
        continue;
      }
      const c = chunk[i++] as number;
      // Offset of the next byte in the current part.
      const end = this.#bufferedBytes + i - start;
      switch (c) {
        case QUOTE:
          if (this.#depth === 0) throw new OvsdbProtocolError('a message must be an object, not a string', 0);
          this.#inString = true;
          this.#lastStringStart = end - 1;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (this.#depth === 0) start = i - 1;
          this.#open(c);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.#close(c, end - 1);
          if (this.#depth > 0) break;
          this.#finish(this.#take(chunk, start, i));
          start = i;
          break;
        case COLON:
          if (this.#depth === 0) throw unexpectedStart(c);
          if (this.#depth !== this.#memberDepth) break;
          if (this.#colons.length !== this.#commas) this.#memberDepth = 0;
          this.#colons.push(end - 1);
          break;
        case COMMA:
          if (this.#depth === 0) throw unexpectedStart(c);
          if (this.#depth === this.#memberDepth && this.#colons.length !== ++this.#commas)
            this.#memberDepth = 0;
          if (end > this.#partBytes) {
            this.#cut(this.#take(chunk, start, i - 1));
            start = i;
          }
          break;
        default:
          if (this.#depth === 0 && !isSpace(c)) throw unexpectedStart(c);
      }
    }
    this.#buffer(chunk, start);
  }

  /**
   * Skips the rest of a string, or of containers that are too deep for cuts. These loops see nearly all
   * bytes, so they decide the speed of the framer.
   *
   * @param base added to an index of `chunk` to get an offset in the part
   * @returns the index of the next byte to scan
   */
  #skip(chunk: Buffer, from: number, base: number): number {
    const length = chunk.length;
    const shallow = this.#depth <= SPINE_DEPTH;
    let depth = this.#depth;
    let i = from;
    let inString = this.#inString;
    if (this.#escaped) {
      this.#escaped = false;
      i++;
    }
    for (;;) {
      if (inString) {
        let c = 0;
        while (i < length && c !== QUOTE) {
          c = chunk[i++] as number;
          if (c === BACKSLASH) i++;
        }
        if (c !== QUOTE) {
          // The byte after a backslash is in the next chunk.
          this.#escaped = i > length;
          break;
        }
        inString = false;
        if (shallow) {
          this.#lastStringEnd = base + i;
          break;
        }
      }
      let c = 0;
      while (i < length && c !== QUOTE) {
        c = chunk[i++] as number;
        const bracket = c & EITHER_BRACKET;
        if (bracket === OPEN_BRACKET) {
          if (++depth > MAX_DEPTH) throw this.#fault('nested too deep', base + i - 1);
        } else if (bracket === CLOSE_BRACKET && --depth === SPINE_DEPTH) break;
      }
      if (c !== QUOTE) break;
      inString = true;
    }
    this.#depth = depth;
    this.#inString = inString;
    return Math.min(i, length);
  }

  /** Opens a container: stores its kind and its key in its parent. */
  #open(bracket: number): void {
    const depth = this.#depth++;
    if (depth >= SPINE_DEPTH) return;
    this.#kinds[depth] = bracket;
    if (depth > 0) {
      this.#keyStart[depth - 1] = this.#lastStringStart;
      this.#keyEnd[depth - 1] = this.#lastStringEnd;
    }
  }

  #close(bracket: number, offset: number): void {
    // In ASCII each closing bracket is two places after its opening bracket.
    if (this.#depth === 0 || this.#kinds[this.#depth - 1] !== bracket - 2)
      throw this.#fault(`unexpected "${String.fromCharCode(bracket)}"`, offset);
    if (--this.#depth < this.#memberDepth) this.#memberDepth = 0;
  }

  #fault(reason: string, offset: number): OvsdbProtocolError {
    return new OvsdbProtocolError(reason, this.#parser.parsedBytes + offset);
  }

  /** Copies the rest of a chunk for the part that continues in the next chunk. */
  #buffer(chunk: Buffer, start: number): void {
    if (this.#depth > 0 && start < chunk.length) {
      this.#buffered.push(Buffer.from(chunk.subarray(start)));
      this.#bufferedBytes += chunk.length - start;
    }
    this.#checkSize(this.#bufferedBytes);
  }

  /** Returns the bytes of the current part, which ends in `chunk`, and empties the buffer. */
  #take(chunk: Buffer, start: number, end: number): Buffer {
    const tail = chunk.subarray(start, end);
    const part = this.#buffered.length === 0 ? tail : Buffer.concat([...this.#buffered, tail]);
    this.#buffered = [];
    this.#bufferedBytes = 0;
    this.#checkSize(part.length);
    return part;
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#maxMessageBytes) throw new OvsdbMessageTooLargeError(this.#maxMessageBytes);
  }

  #finish(bytes: Buffer): void {
    const part = this.#parser.finish(bytes);
    this.#beginPart();
    this.#onPart(part);
  }

  #cut(bytes: Buffer): void {
    const depth = this.#depth;
    const spine = Array.from(this.#kinds.subarray(0, depth), (bracket, level): SpineLevel => {
      const kind = bracket === OPEN_BRACE ? 'object' : 'array';
      const innermost = level === depth - 1;
      return { kind, childKey: innermost || kind === 'array' ? undefined : this.#childKey(bytes, level) };
    });
    const part = this.#parser.cut(bytes, depth === this.#memberDepth ? this.#colons : undefined, spine);
    this.#keyStart.fill(-1);
    this.#beginPart();
    this.#onPart(part);
  }

  #beginPart(): void {
    const innermost = this.#parser.spine.at(-1);
    this.#memberDepth = innermost?.kind === 'object' ? this.#parser.spine.length : 0;
    this.#colons = [];
    this.#commas = 0;
  }

  #childKey(part: Buffer, level: number): string | undefined {
    const start = this.#keyStart[level] as number;
    if (start < 0) return this.#parser.spine[level]?.childKey;
    return this.#parser.parseText(part.toString('utf8', start, this.#keyEnd[level]), 0) as string;
  }
}

function unexpectedStart(c: number): OvsdbProtocolError {
  return new OvsdbProtocolError(`a message must begin with "{", not byte 0x${c.toString(16)}`, 0);
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}
