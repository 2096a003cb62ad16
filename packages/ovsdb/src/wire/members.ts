const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Parses members of an object, `"key":value,"key":value`, to a list `[key, value, key, value]`.
 *
 * Rows stand under their UUIDs. An object with such keys costs V8 a hidden class per key, which is more than all the
 * rest of parsing; a list costs nothing. It is the same text but for the colons.
 *
 * @param bytes edited while this runs, and put right again
 * @param colons where the colons between keys and values are; commas between members must have been seen in turn with them
 * @returns undefined when the text is no such members; JSON.parse of the whole then tells where it goes wrong
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
