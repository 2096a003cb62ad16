const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Parses members of an object, `"key":value,"key":value`, to a list `[key, value, key, value]`.
 *
 * The keys of rows are UUIDs. In an object, V8 makes a hidden class for each such key, which costs more than
 * the rest of parsing. A list needs none, and its text differs from the members only by the colons.
 *
 * @param bytes changed during the call, and restored before it returns
 * @param colons offsets of the colons between keys and values; the caller has checked that they alternate
 *   with the commas between members
 * @returns undefined when the text is not a list of members; parse the whole text with JSON.parse then
 */
export function parseMembers(bytes: Buffer, colons: readonly number[]): unknown[] | undefined {
  for (const colon of colons) bytes[colon] = COMMA;
  const text = `[${bytes.toString('utf8')}]`;
  for (const colon of colons) bytes[colon] = COLON;
  let list: unknown[];
  try {
    list = JSON.parse(text) as unknown[];
  } catch {
    return undefined;
  }
  if (list.length === 0 || list.length !== 2 * colons.length) return undefined;
  for (let i = 0; i < list.length; i += 2) if (typeof list[i] !== 'string') return undefined;
  return list;
}
