import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readToken } from './read-token.ts';

const TOKEN = '0123456789abcdef.c2VjcmV0LXNlY3JldC1zZWNyZXQ';
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'token-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('a token comes from the option or from a file, with the id of its invitation', async () => {
  const file = join(directory, 'token');
  writeFileSync(file, `${TOKEN}\n`);
  const expected = { token: TOKEN, invitationId: '0123456789abcdef' };
  expect(await readToken({ token: TOKEN })).toEqual(expected);
  expect(await readToken({ tokenFile: file })).toEqual(expected);
});

it.each([
  '',
  'secret-without-id',
  '0123456789abcdef.',
  '../x.c2VjcmV0LXNlY3JldC1zZWNyZXQ',
  `${TOKEN} ${TOKEN}`,
])('%j is no token, and the error does not repeat it', async (token) => {
  const error = await readToken({ token }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'E_JOIN_TOKEN' });
  if (token !== '') expect(String(error)).not.toContain(token);
});

it('a file that does not exist is named', async () => {
  await expect(readToken({ tokenFile: join(directory, 'none') })).rejects.toMatchObject({
    code: 'E_JOIN_TOKEN',
    message: expect.stringContaining('none'),
  });
});
