import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { concealFields, concealIn, publicUrl } from './conceal.ts';

test('secrets in a text are masked, short ones are not', () => {
  expect(concealIn('user=a password=hunter22, again hunter22', ['hunter22'])).toBe(
    'user=a password=***, again ***',
  );
  expect(concealIn('a short one stays', ['a'])).toBe('a short one stays');
});

test('a public URL has no user information and no secret parameters', () => {
  const url = new URL('https://user:hunter22@cloud.test/v2.0/ports?name=a&auth_token=hunter22');
  expect(publicUrl(url)).toBe('https://cloud.test/v2.0/ports?name=a&auth_token=***');
});

test('concealed fields can be read and are not printed', () => {
  const auth = concealFields({ type: 'token', token: 'hunter22' }, ['token']);
  expect(auth.token).toBe('hunter22');
  expect({ ...auth }.token).toBe('hunter22');
  for (const shown of [inspect(auth), inspect({ deep: { auth } }), JSON.stringify({ auth }), `${auth}`]) {
    expect(shown).not.toContain('hunter22');
  }
});
