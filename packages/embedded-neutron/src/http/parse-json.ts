/**
 * Parses JSON and refuses strings that OVSDB can not hold: NUL (its JSON parser drops the connection over it) and lone
 * surrogates, which are no UTF-8 (RFC 7047 section 3.1 `<string>`).
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (!isStorable(key) || (typeof value === 'string' && !isStorable(value))) {
      throw new SyntaxError('a string with NUL or half a surrogate pair');
    }
    return value;
  });
}

/** Whether OVSDB can hold a string. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
