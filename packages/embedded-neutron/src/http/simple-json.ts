import { neutronError } from '../errors.ts';
import { limits } from '../limits.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Refuses JSON with lists, objects or nesting beyond the limits, before it is parsed: a megabyte of small
 * items would take a large part of a second to check. Text that is no JSON may pass.
 *
 * @throws NeutronError RequestTooComplex
 */
export function requireSimpleJson(text: string): void {
  /** The number of items, and the limit, of each list and object that is open. */
  const counts: number[] = [];
  const allowed: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
    } else if (code === COMMA) {
      const depth = counts.length - 1;
      const count = (counts[depth] ?? 0) + 1;
      const most = allowed[depth] ?? Number.POSITIVE_INFINITY;
      if (count > most) throw tooMany(most);
      counts[depth] = count;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (counts.length >= limits.nesting.most) {
        const { most } = limits.nesting;
        throw neutronError('RequestTooComplex', `the body nests more than ${most} lists and objects`);
      }
      counts.push(1);
      allowed.push(code === OPEN_LIST ? limits.items.most : limits.members.most);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      counts.pop();
      allowed.pop();
    }
  }
}

/** The index of the quote that ends a string, or of the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}

function tooMany(most: number): Error {
  const what = most === limits.items.most ? 'list in the body has' : 'object in the body has';
  const unit = most === limits.items.most ? 'items' : 'members';
  return neutronError('RequestTooComplex', `a ${what} more than ${most} ${unit}`);
}
