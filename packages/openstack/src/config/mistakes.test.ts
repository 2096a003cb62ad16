import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigDirectory } from '../../test/support/config-directory.ts';

let directory: ConfigDirectory;
const write: ConfigDirectory['write'] = (path, text) => directory.write(path, text);
const load = () => directory.load();

beforeEach(() => {
  directory = new ConfigDirectory();
});

afterEach(() => {
  directory[Symbol.dispose]();
});

describe('a mistake is reported with its code', () => {
  const cases: readonly [string, string, string, string][] = [
    ['no URL', 'auth: {token: hunter22}', 'CLOUD_NO_AUTH_URL', 'has no auth_url'],
    ['a profile', 'profile: vexxhost, auth: {token: hunter22}', 'CLOUD_NO_AUTH_URL', "profile 'vexxhost'"],
    [
      'a URL of another kind',
      'auth: {auth_url: "ftp://k.test", token: hunter22}',
      'CLOUD_BAD_VALUE',
      'auth_url',
    ],
    ['no password', 'auth: {auth_url: http://k.test, username: a}', 'CLOUD_FIELD_MISSING', 'has no password'],
    [
      'no user',
      'auth: {auth_url: http://k.test, password: hunter22}',
      'CLOUD_FIELD_MISSING',
      'has no username',
    ],
    ['an unknown method', 'auth_type: v3oidc, auth: {auth_url: http://k.test}', 'CLOUD_AUTH_TYPE', 'v3oidc'],
    [
      'an unknown interface',
      'interface: x, auth: {auth_url: http://k.test, token: hunter22}',
      'CLOUD_BAD_VALUE',
      "'x'",
    ],
    [
      'an odd flag',
      'insecure: perhaps, auth: {auth_url: http://k.test, token: hunter22}',
      'CLOUD_BAD_VALUE',
      'perhaps',
    ],
    [
      'an odd time',
      'api_timeout: soon, auth: {auth_url: http://k.test, token: hunter22}',
      'CLOUD_BAD_VALUE',
      'soon',
    ],
  ];
  test.each(cases)('%s', async (_mistake, cloud, code, message) => {
    write('work/clouds.yaml', `clouds: {c: {${cloud}}}`);
    await expect(load()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('the error for invalid YAML contains the line number, but no text of the file', async () => {
    write('work/clouds.yaml', 'clouds:\n  c:\n    password: "hunter22\n');
    const error: unknown = await load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'CLOUD_FILE_INVALID',
      message: expect.stringMatching(/clouds.yaml .* line \d/),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter22');
  });

  test('a file that is not a mapping', async () => {
    write('work/clouds.yaml', '- a\n- b\n');
    await expect(load()).rejects.toMatchObject({ code: 'CLOUD_FILE_INVALID' });
  });
});
