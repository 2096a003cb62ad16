import { afterEach, expect, test, vi } from 'vitest';
import { newAuditId, Tokens } from './tokens.ts';

const tokens = new Tokens(Buffer.from('k'.repeat(48)));
const issue = (lifetime: number, issuer = tokens) => {
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiresAt = issuedAt + lifetime;
  return issuer.issue({
    userId: 'u',
    methods: ['password'],
    auditIds: [newAuditId()],
    epoch: 0,
    issuedAt,
    expiresAt,
  });
};

afterEach(() => vi.useRealTimers());

test('a token is valid until it expires, also when it was read before', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const token = await issue(60);
  const claims = await tokens.read(token);
  expect(claims?.userId).toBe('u');
  expect(await tokens.read(token)).toEqual(claims);
  vi.setSystemTime(Date.now() + 61_000);
  expect(await tokens.read(token)).toBeUndefined();
});

test('a token that is signed with another key, or changed, is invalid', async () => {
  const token = await issue(60);
  await tokens.read(token);
  expect(await tokens.read(`${token.slice(0, -4)}AAAA`)).toBeUndefined();
  expect(await tokens.read(await issue(60, new Tokens(Buffer.from('x'.repeat(48)))))).toBeUndefined();
});

test('the service reads more tokens than it stores', async () => {
  const many = await Promise.all(Array.from({ length: 1_100 }, () => issue(60)));
  for (const token of many) await tokens.read(token);
  expect(await tokens.read(many[0] as string)).toBeDefined();
  expect(await tokens.read(many.at(-1) as string)).toBeDefined();
});
