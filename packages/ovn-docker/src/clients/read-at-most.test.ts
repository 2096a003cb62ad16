import { expect, test } from 'vitest';
import { readAtMost } from './read-at-most.ts';

/** The text in pieces of one byte, which share their memory. */
async function* byteByByte(text: string): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(1);
  for (const byte of Buffer.from(text)) {
    piece[0] = byte;
    yield piece;
  }
}

test('a body is read without keeping its pieces', async () => {
  const text = 'Größe '.repeat(2000);
  expect(await readAtMost(byteByByte(text), 20_000)).toBe(text);
});

test('a body of exactly the limit is read, and a longer one refused', async () => {
  expect(await readAtMost(byteByByte('1234'), 4)).toBe('1234');
  await expect(readAtMost(byteByByte('12345'), 4)).rejects.toThrow('longer than 4 bytes');
});
