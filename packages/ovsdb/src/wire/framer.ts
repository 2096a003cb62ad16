import { OvsdbMessageTooLargeError, OvsdbProtocolError } from '../errors.ts';
import type { MessagePart, SpineLevel } from './message-parts.ts';
import { PartParser } from './part-parser.ts';

/** Limits of a `Framer`. */
export interface FramerOptions {
  /** Longest part accepted, in bytes: what is held at once. Whoever holds parts counts them. */
  readonly maxMessageBytes: number;
  /** A message is cut into parts of about this many bytes, so that parsing one blocks the event loop for a millisecond or so. */
  readonly partBytes?: number;
}

/** Cuts are made no deeper than this: result → updates → table → rows. */
const SPINE_DEPTH = 4;
/** As deep as ovsdb-server itself goes (JSON_MAX_HEIGHT). */
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
 * The bytes are scanned once for brackets and strings; JSON.parse does the rest. That is as fast as one JSON.parse of
 * the whole stream, several times faster than streaming parsers. Multi-byte UTF-8 needs no care: none of its bytes
 * looks like a bracket or quote. A long message is parsed in parts as it arrives.
 */
export class Framer {
  readonly #maxMessageBytes: number;
  readonly #partBytes: number;
  readonly #onPart: (part: MessagePart) => void;
  readonly #parser = new PartParser();

  // The scanner's state, kept from chunk to chunk.
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Bytes of the current part from earlier chunks. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Kinds of the open containers, to SPINE_DEPTH. */
  readonly #kinds = new Uint8Array(SPINE_DEPTH);
  /** Per level, where in the current part the key of the open child stands; -1 when an earlier part has it. */
  readonly #keyStart = new Int32Array(SPINE_DEPTH);
  readonly #keyEnd = new Int32Array(SPINE_DEPTH);
  #lastStringStart = 0;
  #lastStringEnd = 0;
  /** Depth of the object of which the current part is members and no more; 0 when it is not. */
  #memberDepth = 0;
  /** Where in the current part the colons of those members are. */
  #colons: number[] = [];
  #commas = 0;

  constructor(options: FramerOptions, onPart: (part: MessagePart) => void) {
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#partBytes = options.partBytes ?? 65_536;
    this.#onPart = onPart;
  }

  /**
   * Takes the next bytes of the stream; calls back for each message, or part of a long message, that they complete. Keeps no reference to `chunk`.
   *
   * @throws OvsdbProtocolError when the bytes are not JSON, OvsdbMessageTooLargeError; the framer is then of no further use
   */
  push(chunk: Buffer): void {
    const length = chunk.length;
    let start = 0;
    let i = 0;
    while (i < length) {
      if (this.#inString || this.#depth > SPINE_DEPTH) {
        i = this.#skip(chunk, i, this.#heldBytes - start);
        continue;
      }
      const c = chunk[i++] as number;
      // Offset in the current part of the byte after this one.
      const end = this.#heldBytes + i - start;
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
    this.#hold(chunk, start);
  }

  /**
   * Skips the rest of a string, or of containers too deep for cuts; nearly all bytes are there, so the speed of
   * everything depends on these loops.
   *
   * @param base what makes an index of `chunk` an offset in the part
   * @returns the index at which to go on
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

  /** A container opens: remembers its kind, and which key of its parent it stands under. */
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
    // ASCII has each closing bracket two places after its opening one.
    if (this.#depth === 0 || this.#kinds[this.#depth - 1] !== bracket - 2)
      throw this.#fault(`unexpected "${String.fromCharCode(bracket)}"`, offset);
    if (--this.#depth < this.#memberDepth) this.#memberDepth = 0;
  }

  #fault(reason: string, offset: number): OvsdbProtocolError {
    return new OvsdbProtocolError(reason, this.#parser.parsedBytes + offset);
  }

  /** Keeps the rest of a chunk for the part that goes on in the next one. */
  #hold(chunk: Buffer, start: number): void {
    if (this.#depth > 0 && start < chunk.length) {
      this.#held.push(Buffer.from(chunk.subarray(start)));
      this.#heldBytes += chunk.length - start;
    }
    this.#checkSize(this.#heldBytes);
  }

  /** The bytes of the current part, the last of which stand in `chunk`. */
  #take(chunk: Buffer, start: number, end: number): Buffer {
    const tail = chunk.subarray(start, end);
    const part = this.#held.length === 0 ? tail : Buffer.concat([...this.#held, tail]);
    this.#held = [];
    this.#heldBytes = 0;
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
