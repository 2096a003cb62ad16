/** The place at which a text stops being JSON, and the reason. */
export interface JsonFault {
  /** Offset in bytes. */
  readonly position: number;
  readonly reason: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Finds the first byte at which a text stops being JSON (RFC 8259), for the error message. JSON.parse decides
 * whether a text is JSON, but its own message does not reliably contain a position.
 *
 * @returns undefined when the text is JSON
 */
export function findJsonFault(text: string): JsonFault | undefined {
  let at = 0;
  // The parser's state: the stack of open containers, and what may come next.
  const open: ('{' | '[')[] = [];
  let state: 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'after' = 'value';
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const takeString = (): boolean => {
    const end = endOfString(text, at);
    if (end === undefined || !isString(text.slice(at, end))) return false;
    at = end;
    return true;
  };
  const fault = (reason: string): JsonFault => ({ position: Buffer.byteLength(text.slice(0, at)), reason });

  for (;;) {
    take(SPACE);
    const c = text[at];
    if (state === 'after' && open.length === 0)
      return c === undefined ? undefined : fault(`unexpected ${JSON.stringify(c)} after the end`);
    if (c === undefined) return fault('unexpected end');
    if (
      (state === 'after' || state === 'first-value' || state === 'first-key') &&
      c === (open.at(-1) === '{' ? '}' : ']')
    ) {
      open.pop();
      at++;
      state = 'after';
    } else if (state === 'after') {
      if (c !== ',')
        return fault(
          `expected "," or the end of the ${open.at(-1) === '{' ? 'object' : 'array'}, not ${JSON.stringify(c)}`,
        );
      at++;
      state = open.at(-1) === '{' ? 'key' : 'value';
    } else if (state === 'key' || state === 'first-key') {
      if (!takeString())
        return fault(c === '"' ? 'malformed string' : `expected a key, not ${JSON.stringify(c)}`);
      state = 'colon';
    } else if (state === 'colon') {
      if (c !== ':') return fault(`expected ":", not ${JSON.stringify(c)}`);
      at++;
      state = 'value';
    } else if (c === '{' || c === '[') {
      open.push(c);
      at++;
      state = c === '{' ? 'first-key' : 'first-value';
    } else if (takeString() || take(LITERAL) || take(NUMBER)) {
      state = 'after';
    } else {
      return fault(c === '"' ? 'malformed string' : `unexpected ${JSON.stringify(c)}`);
    }
  }
}

/**
 * Returns the end of the string literal that begins at `start`. A regular expression would overflow the stack
 * on a very long string.
 */
function endOfString(text: string, start: number): number | undefined {
  if (text[start] !== '"') return undefined;
  for (let quote = text.indexOf('"', start + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return undefined;
}

/** Whether a text in quotes is a valid JSON string: its escapes and control characters may be wrong. */
function isString(quoted: string): boolean {
  try {
    JSON.parse(quoted);
    return true;
  } catch {
    return false;
  }
}
