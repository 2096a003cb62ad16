import { beforeEach, expect, test } from 'vitest';
import { OpenStackError } from '../errors.ts';
import { pauseAfterRefusals } from './refused-login.ts';

const call = { method: 'POST', url: 'http://cloud.test/v3/auth/tokens' };
const answered = (status: number) => new OpenStackError(call, { status, type: '', reason: 'because' });

let now = 0;
let logins = 0;
let failure: Error | undefined;
let login: () => Promise<string>;

beforeEach(() => {
  now = 0;
  logins = 0;
  failure = undefined;
  const attempt = async () => {
    logins += 1;
    if (failure !== undefined) throw failure;
    return 'token';
  };
  login = pauseAfterRefusals(attempt, () => now);
});

test('after the second refusal, calls during the pause reject with the same error', async () => {
  failure = answered(401);
  await expect(login()).rejects.toBe(failure);
  await expect(login()).rejects.toBe(failure);
  now = 4999;
  await expect(login()).rejects.toBe(failure);
  expect(logins).toBe(2);
  now = 5000;
  await expect(login()).rejects.toBe(failure);
  expect(logins).toBe(3);
});

test('the pause doubles with each refusal, up to five minutes', async () => {
  failure = answered(401);
  const pauses: number[] = [];
  let last = 0;
  await expect(login()).rejects.toBe(failure);
  for (now = 0; logins < 10; now += 1000) {
    const before = logins;
    await expect(login()).rejects.toBe(failure);
    if (logins === before || logins === 2) continue;
    pauses.push((now - last) / 1000);
    last = now;
  }
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
});

test('a successful login ends the pauses', async () => {
  failure = answered(401);
  await expect(login()).rejects.toBe(failure);
  await expect(login()).rejects.toBe(failure);
  now = 5000;
  failure = undefined;
  expect(await login()).toBe('token');
  failure = answered(401);
  await expect(login()).rejects.toBe(failure);
  await expect(login()).rejects.toBe(failure);
  expect(logins).toBe(5);
});

test.each([answered(503), answered(403), new Error('no route')])('no pause follows %s', async (other) => {
  failure = other;
  await expect(login()).rejects.toBe(other);
  await expect(login()).rejects.toBe(other);
  expect(logins).toBe(2);
});
