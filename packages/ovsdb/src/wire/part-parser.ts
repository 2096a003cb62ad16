import { OvsdbProtocolError } from '../errors.ts';
import { findJsonFault } from './json-error.ts';
import { parseMembers } from './members.ts';
import type { MessagePart, SpineLevel } from './message-parts.ts';

/** Parses the parts of a message in order, and knows which containers are open around each part. */
export class PartParser {
  /** The open containers at the last cut. */
  spine: readonly SpineLevel[] = [];
  /** Number of bytes of the current message in the parts before this one. */
  parsedBytes = 0;

  /**
   * Parses the part that ends at a cut.
   *
   * @param colons offsets of the members' colons, when the part contains only members of the innermost
   *   container
   * @param next the containers that are open at the cut
   */
  cut(bytes: Buffer, colons: readonly number[] | undefined, next: readonly SpineLevel[]): MessagePart {
    // The closers added below would turn a container that was just opened into an empty one and hide the
    // fault.
    if (endsWithOpening(bytes)) {
      throw new OvsdbProtocolError('expected a value before ","', this.parsedBytes + bytes.length);
    }
    const members = colons && parseMembers(bytes, colons);
    const part: MessagePart = members
      ? { spine: this.spine, value: undefined, members, bytes: bytes.length, last: false }
      : this.#parse(bytes, closersOf(next), false);
    this.spine = next;
    this.parsedBytes += bytes.length + 1;
    return part;
  }

  /** Parses the part that ends the message. */
  finish(bytes: Buffer): MessagePart {
    const part = this.#parse(bytes, '', true);
    this.spine = [];
    this.parsedBytes = 0;
    return part;
  }

  /** @throws OvsdbProtocolError with the position in the message */
  parseText(text: string, prefixBytes: number): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      const fault = findJsonFault(text);
      const position = fault && this.parsedBytes + fault.position - prefixBytes;
      throw new OvsdbProtocolError(`malformed JSON: ${fault?.reason ?? 'cannot be parsed'}`, position, error);
    }
  }

  /** Parses a part inside the containers that are open around it. */
  #parse(bytes: Buffer, closers: string, last: boolean): MessagePart {
    const spine = this.spine;
    const prefix = openersOf(spine);
    const value = this.parseText(prefix + bytes.toString('utf8') + closers, Buffer.byteLength(prefix));
    // At a cut, JSON.parse does not see two commas in a row or a comma before a closing bracket.
    if (spine.length > 0 && isEmpty(innermostOf(value, spine))) {
      throw new OvsdbProtocolError('expected a value after ","', this.parsedBytes);
    }
    return { spine, value, bytes: bytes.length, last };
  }
}

function openersOf(spine: readonly SpineLevel[]): string {
  const openers = spine.map(({ kind, childKey }) =>
    kind === 'array' ? '[' : childKey === undefined ? '{' : `{${JSON.stringify(childKey)}:`,
  );
  return openers.join('');
}

function closersOf(spine: readonly SpineLevel[]): string {
  const closers = spine.map(({ kind }) => (kind === 'object' ? '}' : ']'));
  return closers.reverse().join('');
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

/** Whether the last byte that is not white space opens a container. */
function endsWithOpening(bytes: Buffer): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] as number) <= 0x20) end--;
  return bytes[end - 1] === 0x7b || bytes[end - 1] === 0x5b;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
