import { OvsdbMessageTooLargeError, OvsdbProtocolError } from '../errors.ts';
import { findJsonFault } from './json-error.ts';
import type { MessagePart, SpineLevel } from './message-parts.ts';

/** Limits of a `Framer`. */
export interface FramerOptions {
  /** Longest message accepted, in bytes. */
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
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

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

  // The scanner's state, kept from chunk to chunk.
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Bytes of the current part from earlier chunks. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes of the current message in parts that are already parsed. */
  #parsedBytes = 0;
  /** Kinds of the open containers, to SPINE_DEPTH. */
  readonly #kinds = new Uint8Array(SPINE_DEPTH);
  /** Per level, where in the current part the key of the open child stands; -1 when an earlier part has it. */
  readonly #keyStart = new Int32Array(SPINE_DEPTH);
  readonly #keyEnd = new Int32Array(SPINE_DEPTH);
  /** The open containers at the last cut. */
  #spine: SpineLevel[] = [];
  #lastStringStart = 0;
  #lastStringEnd = 0;

  constructor(options: FramerOptions, onPart: (part: MessagePart) => void) {
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#partBytes = options.partBytes ?? 32_768;
    this.#onPart = onPart;
  }

  /**
   * Takes the next bytes of the stream; calls back for each message, or part of a long message, that they complete. Keeps no reference to `chunk`.
   *
   * @throws OvsdbProtocolError when the bytes are not JSON, OvsdbMessageTooLargeError; the framer is then of no further use
   */
  push(chunk: Buffer): void {
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let start = 0;
    let held = this.#heldBytes;

    const length = chunk.length;
    for (let i = 0; i < length; i++) {
      let c = chunk[i] as number;
      if (inString) {
        if (escaped) {
          escaped = false;
          continue;
        }
        // Most bytes are inside strings: this loop is what the speed depends on.
        while (c !== QUOTE && c !== BACKSLASH && ++i < length) c = chunk[i] as number;
        if (i === length) break;
        if (c === BACKSLASH) {
          escaped = true;
          continue;
        }
        inString = false;
        if (depth <= SPINE_DEPTH) this.#lastStringEnd = held + i + 1 - start;
        continue;
      }
      switch (c) {
        case QUOTE:
          if (depth === 0) throw new OvsdbProtocolError('a message must be an object, not a string', 0);
          inString = true;
          if (depth <= SPINE_DEPTH) this.#lastStringStart = held + i - start;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (depth === 0) start = i;
          if (depth < SPINE_DEPTH) this.#enter(depth, c);
          if (++depth > MAX_DEPTH)
            throw new OvsdbProtocolError('nested too deep', this.#parsedBytes + held + i - start);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (depth <= SPINE_DEPTH && (depth === 0 || this.#kinds[depth - 1] !== c - 2)) {
            throw new OvsdbProtocolError(
              `unexpected "${String.fromCharCode(c)}"`,
              this.#parsedBytes + held + i - start,
            );
          }
          if (--depth === 0) {
            this.#finish(this.#take(chunk, start, i + 1));
            start = i + 1;
            held = 0;
          }
          break;
        case COMMA:
          if (depth <= SPINE_DEPTH && depth > 0 && held + i - start >= this.#partBytes) {
            this.#cut(this.#take(chunk, start, i), depth);
            start = i + 1;
            held = 0;
          }
          break;
        default:
          if (depth === 0 && !isSpace(c)) {
            throw new OvsdbProtocolError(`a message must begin with "{", not byte 0x${c.toString(16)}`, 0);
          }
      }
    }

    if (depth > 0 && start < chunk.length) {
      this.#held.push(Buffer.from(chunk.subarray(start)));
      held += chunk.length - start;
    }
    this.#heldBytes = held;
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    if (this.#parsedBytes + held > this.#maxMessageBytes)
      throw new OvsdbMessageTooLargeError(this.#maxMessageBytes);
  }

  /** A container opens at `depth`: remembers its kind, and which key of its parent it stands under. */
  #enter(depth: number, bracket: number): void {
    this.#kinds[depth] = bracket;
    if (depth > 0) {
      this.#keyStart[depth - 1] = this.#lastStringStart;
      this.#keyEnd[depth - 1] = this.#lastStringEnd;
    }
  }

  /** The bytes of the current part, the last of which stand in `chunk`. */
  #take(chunk: Buffer, start: number, end: number): Buffer {
    const tail = chunk.subarray(start, end);
    const part = this.#held.length === 0 ? tail : Buffer.concat([...this.#held, tail]);
    this.#held = [];
    this.#heldBytes = 0;
    if (this.#parsedBytes + part.length > this.#maxMessageBytes)
      throw new OvsdbMessageTooLargeError(this.#maxMessageBytes);
    return part;
  }

  #finish(bytes: Buffer): void {
    const part = this.#parse(bytes, '', true);
    this.#spine = [];
    this.#parsedBytes = 0;
    this.#onPart(part);
  }

  #cut(part: Buffer, depth: number): void {
    const kinds = Array.from(this.#kinds.subarray(0, depth), (kind) =>
      kind === OPEN_BRACE ? 'object' : 'array',
    );
    const spine = kinds.map((kind, level): SpineLevel => {
      const innermost = level === depth - 1;
      return { kind, childKey: innermost || kind === 'array' ? undefined : this.#childKey(part, level) };
    });
    const closers = kinds.map((kind) => (kind === 'object' ? '}' : ']')).reverse();
    const parsed = this.#parse(part, closers.join(''), false);
    this.#spine = spine;
    this.#keyStart.fill(-1);
    this.#parsedBytes += part.length + 1;
    this.#onPart(parsed);
  }

  #childKey(part: Buffer, level: number): string | undefined {
    const start = this.#keyStart[level] as number;
    if (start < 0) return this.#spine[level]?.childKey;
    return this.#parseText(part.toString('utf8', start, this.#keyEnd[level]), 0) as string;
  }

  /** Parses a part inside the containers that are open around it. */
  #parse(part: Buffer, closers: string, last: boolean): MessagePart {
    const spine = this.#spine;
    const openers = spine.map(({ kind, childKey }) =>
      kind === 'array' ? '[' : childKey === undefined ? '{' : `{${JSON.stringify(childKey)}:`,
    );
    const prefix = openers.join('');
    const value = this.#parseText(prefix + part.toString('utf8') + closers, Buffer.byteLength(prefix));
    // Two commas, or a comma before a closing bracket, would otherwise go unseen at a cut.
    if (spine.length > 0 && isEmpty(innermostOf(value, spine))) {
      throw new OvsdbProtocolError('expected a value after ","', this.#parsedBytes);
    }
    return { spine, value, last };
  }

  #parseText(text: string, prefixBytes: number): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      const fault = findJsonFault(text);
      const position = fault && this.#parsedBytes + fault.position - prefixBytes;
      throw new OvsdbProtocolError(`malformed JSON: ${fault?.reason ?? 'cannot be parsed'}`, position, error);
    }
  }
}

function innermostOf(value: unknown, spine: readonly SpineLevel[]): unknown {
  return spine
    .slice(0, -1)
    .reduce<unknown>(
      (at, { kind, childKey }) =>
        kind === 'array'
          ? (at as unknown[] | undefined)?.[0]
          : (at as Record<string, unknown> | undefined)?.[childKey ?? ''],
      value,
    );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}
