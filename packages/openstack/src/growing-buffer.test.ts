import { expect, test } from 'vitest';
import { GrowingBuffer } from './growing-buffer.ts';

test('a growing buffer joins pieces of any size', () => {
  const buffer = new GrowingBuffer();
  expect(buffer.bytes().toString()).toBe('');
  for (let piece = 0; piece < 5000; piece += 1) buffer.append(Buffer.from('x'));
  buffer.append(Buffer.from('y'.repeat(20_000)));
  buffer.append(Buffer.from('z'));
  expect(buffer.bytes().toString()).toBe(`${'x'.repeat(5000)}${'y'.repeat(20_000)}z`);
  expect(buffer.length).toBe(25_001);
});

test('a growing buffer takes at most about twice the memory of its bytes', () => {
  const buffer = new GrowingBuffer();
  for (let piece = 0; piece < 100_000; piece += 1) buffer.append(Buffer.of(piece % 256));
  expect(buffer.bytes().buffer.byteLength).toBeLessThanOrEqual(2 * 100_000);
});
