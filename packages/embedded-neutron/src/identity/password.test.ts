import { expect, test } from 'vitest';
import { hashPassword, verifyDecoy, verifyPassword } from './password.ts';

test('only the right password matches its hash', async () => {
  const hash = await hashPassword('pässword');
  expect(hash).toMatch(/^scrypt\$16384\$8\$1\$/);
  expect(hash).not.toContain('pässword');
  expect(await verifyPassword('pässword', hash)).toBe(true);
  expect(await verifyPassword('password', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
  expect(await verifyPassword('x', 'plain')).toBe(false);
  expect(await verifyDecoy('x')).toBe(false);
});

test('equal passwords have different hashes', async () => {
  expect(await hashPassword('x')).not.toBe(await hashPassword('x'));
});
