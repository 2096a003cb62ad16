import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigDirectory } from '../../test/support/config-directory.ts';
import type { CloudConfigSources } from './sources.ts';
import { whoElseCanChange } from './writers.ts';

let directory: ConfigDirectory;
let warnings: string[];
const write: ConfigDirectory['write'] = (path, text) => directory.write(path, text);
const load = (sources: CloudConfigSources = {}, env: Record<string, string> = {}) =>
  directory.load({ onWarning: (warning) => warnings.push(warning), ...sources }, env);

beforeEach(() => {
  directory = new ConfigDirectory();
  warnings = [];
});

afterEach(() => {
  directory[Symbol.dispose]();
});

/** What an attacker puts into a directory: the name of the user's cloud with another URL. */
const planted = 'clouds: {lab: {auth: {auth_url: "https://evil.test", username: alice, project_name: demo}}}';
const own = planted.replace('evil', 'own');
const secret = 'clouds: {lab: {auth: {password: hunter22}}}';

describe('a secret of the user does not reach the URL of a clouds.yaml in the working directory', () => {
  test('the password of the user’s secure.yaml', async () => {
    write('work/clouds.yaml', planted);
    write('home/.config/openstack/secure.yaml', secret);
    await expect(load()).rejects.toMatchObject({
      code: 'CLOUD_FIELD_MISSING',
      message: expect.stringMatching(/work\/clouds.yaml has no password/),
    });
    expect(warnings.join()).toMatch(
      /ignored \S+secure.yaml: someone else could have written \S+work\/clouds.yaml/,
    );

    write('home/.config/openstack/clouds.yaml', own);
    for (const sources of [{}, { cloud: 'lab' }]) {
      const config = await load(sources);
      expect([config.authUrl, config.auth]).toMatchObject(['https://own.test', { password: 'hunter22' }]);
    }
    expect(warnings.join()).toMatch(/ignored \S+work\/clouds.yaml: it is in the working directory; /);
  });

  test('the password of the site’s secure.yaml, or of one that OS_CLIENT_SECURE_FILE names', async () => {
    write('work/clouds.yaml', planted);
    write('site/openstack/secure.yaml', secret);
    await expect(load({ cloud: 'lab' })).rejects.toThrow();
    const OS_CLIENT_SECURE_FILE = write('elsewhere/secure.yaml', secret);
    await expect(load({ cloud: 'lab' }, { OS_CLIENT_SECURE_FILE })).rejects.toThrow();
  });

  test('a token from the command line, a file or OS_TOKEN', async () => {
    write('work/clouds.yaml', planted);
    const tokenFile = write('token', 'hunter22');
    const cases = [
      [{ token: 'hunter22' }, {}],
      [{ tokenFile }, {}],
      [{}, { OS_TOKEN: 'hunter22' }],
    ] as const;
    for (const [sources, env] of cases) {
      for (const cloud of [undefined, 'lab'])
        await expect(load({ ...sources, ...(cloud ? { cloud } : {}) }, env)).rejects.toMatchObject({
          code: 'CLOUD_FILE_UNTRUSTED',
          message: expect.stringMatching(/ignored .*work\/clouds.yaml: it is in the working directory/),
        });
    }
    write('home/.config/openstack/clouds.yaml', own);
    expect((await load({ token: 'hunter22' })).authUrl).toBe('https://own.test');
  });

  test('not even by another URL beside the one that the caller names', async () => {
    write(
      'work/clouds.yaml',
      'clouds: {lab: {auth: {username: alice}, network_endpoint_override: "https://evil.test", region_name: r}}',
    );
    const config = await load({ token: 'hunter22', authUrl: 'https://own.test' });
    expect(config).toEqual({
      authUrl: 'https://own.test',
      auth: { type: 'token', token: 'hunter22' },
      interface: 'public',
      origin: 'the configuration',
    });
  });

  test('by a link beside it that leads to the user’s secure.yaml', async () => {
    write('work/clouds.yaml', planted);
    symlinkSync(
      write('home/.config/openstack/secure.yaml', secret),
      join(directory.path, 'work/secure.yaml'),
    );
    await expect(load()).rejects.toThrow();
  });

  test('by relative directories in XDG_CONFIG_HOME, XDG_CONFIG_DIRS or HOME', async () => {
    const cwd = join(directory.path, 'work');
    const before = process.cwd();
    mkdirSync(cwd);
    process.chdir(cwd);
    try {
      for (const path of ['work/openstack', 'work/.config/openstack']) write(`${path}/clouds.yaml`, planted);
      for (const env of [{ HOME: '.' }, { HOME: '' }, { XDG_CONFIG_HOME: '.' }, { XDG_CONFIG_DIRS: '.:' }]) {
        await expect(load({ token: 'hunter22', cloud: 'lab' }, env)).rejects.toThrow();
      }
    } finally {
      process.chdir(before);
    }
  });
});

test('a secure.yaml in the working directory does not change the URL of the user’s cloud', async () => {
  write('home/.config/openstack/clouds.yaml', own.replace('username', 'password: hunter22, username'));
  write('work/secure.yaml', 'clouds: {lab: {auth: {auth_url: "https://evil.test"}}}');
  expect((await load()).authUrl).toBe('https://own.test');
  expect(warnings.join()).toMatch(/ignored \S+work\/secure.yaml: /);
});

describe('files beside a named clouds.yaml in the working directory do not receive a secret of the user', () => {
  const evil = 'auth: {auth_url: "https://evil.test"}';
  const profile = own.replace('auth_url: "https://own.test"', 'x: y').replace('lab: {', 'lab: {profile: v, ');
  const named = (path: string, text: string) => ({ OS_CLIENT_CONFIG_FILE: write(path, text) });

  test('by a profile: neither the password of the user’s secure.yaml nor a token', async () => {
    const env = named('work/clouds.yaml', profile);
    write('work/clouds-public.yaml', `public-clouds: {v: {${evil}}}`);
    write('home/.config/openstack/secure.yaml', secret);
    for (const sources of [{}, { token: 'hunter22' }]) {
      await expect(load(sources, env)).rejects.toMatchObject({ code: 'CLOUD_NO_AUTH_URL' });
    }
    await expect(load({}, { ...env, OS_TOKEN: 'hunter22' })).rejects.toMatchObject({
      code: 'CLOUD_NO_AUTH_URL',
    });
    expect(warnings.join()).toMatch(/ignored \S+work\/clouds-public.yaml: it is in the working directory; /);
  });

  test('by a secure.yaml: neither the named file’s password, nor the user’s, nor a token', async () => {
    write('work/secure.yaml', `clouds: {lab: {${evil}}}`);
    write('home/.config/openstack/secure.yaml', secret);
    const env = named('work/clouds.yaml', own);
    expect((await load({}, env)).authUrl).toBe('https://own.test');
    expect((await load({ token: 'hunter22' }, env)).authUrl).toBe('https://own.test');
    expect((await load({}, { ...env, OS_TOKEN: 'hunter22' })).authUrl).toBe('https://own.test');
    const complete = own.replace('username', 'password: hunter22, username');
    expect((await load({}, named('work/clouds.yaml', complete))).authUrl).toBe('https://own.test');
    expect(warnings.join()).toMatch(/ignored \S+work\/secure.yaml: .*OS_CLIENT_SECURE_FILE/);
  });

  test('a secure.yaml that the caller names too is used', async () => {
    const OS_CLIENT_SECURE_FILE = write('work/secure.yaml', secret);
    const env = { ...named('work/clouds.yaml', own), OS_CLIENT_SECURE_FILE };
    expect((await load({}, env)).auth).toMatchObject({ password: 'hunter22' });
  });
});

describe('a clouds.yaml in the working directory is used', () => {
  test('with a secret of its own, in the same file or beside it', async () => {
    write('work/clouds.yaml', planted.replace('username', 'password: x, username'));
    write('home/.config/openstack/secure.yaml', secret);
    expect((await load()).auth).toMatchObject({ password: 'x' });
    expect(warnings.join()).toMatch(/ignored \S+home\/.config\/openstack\/secure.yaml: /);
    write('work/clouds.yaml', planted);
    write('work/secure.yaml', secret.replace('hunter22', 'y'));
    expect((await load()).auth).toMatchObject({ password: 'y' });
  });

  test('with a secret from elsewhere, if the caller names the file', async () => {
    const file = write('work/clouds.yaml', own);
    write('home/.config/openstack/secure.yaml', secret);
    expect((await load({}, { OS_CLIENT_CONFIG_FILE: file })).auth).toMatchObject({ password: 'hunter22' });
    expect((await load({ token: 'hunter22' }, { OS_CLIENT_CONFIG_FILE: file })).authUrl).toBe(
      'https://own.test',
    );
    expect(warnings).toEqual([]);
  });

  test('with a secret from elsewhere, if it is the user’s own directory', async () => {
    write('home/.config/openstack/clouds.yaml', own);
    const cwd = join(directory.path, 'home/.config/openstack');
    expect((await load({ token: 'hunter22', cwd })).authUrl).toBe('https://own.test');
  });
});

describe.skipIf(process.getuid?.() !== 0)('a file that another user can change (the test needs root)', () => {
  const trustedFilesOnly = true;
  const complete = own.replace('username', 'password: hunter22, username');

  /** Ways in which another user could change home/.config/openstack/clouds.yaml. */
  const ways: readonly [string, (file: string) => void][] = [
    ['owns the file', (file) => chownSync(file, 1000, 1000)],
    ['may write it as a member of its group', (file) => chmodSync(file, 0o664)],
    ['may write it', (file) => chmodSync(file, 0o646)],
    ['owns its directory', (file) => chownSync(join(file, '..'), 1000, 1000)],
    ['may write a directory above it', (file) => chmodSync(join(file, '../..'), 0o777)],
  ];

  test.each(ways)('does not receive a token from elsewhere: the other user %s', async (_way, let_) => {
    const file = write('home/.config/openstack/clouds.yaml', complete);
    expect((await load({ token: 'x' })).authUrl).toBe('https://own.test');
    let_(file);
    await expect(load({ token: 'x' })).rejects.toMatchObject({ code: 'CLOUD_FILE_UNTRUSTED' });
    expect((await load()).authUrl).toBe('https://own.test');
  });

  test.each(ways)('is not read by a service: the other user %s', async (_way, let_) => {
    const file = write('home/.config/openstack/clouds.yaml', complete);
    const sources: readonly [CloudConfigSources, Record<string, string>][] = [
      [{ trustedFilesOnly }, {}],
      [{ trustedFilesOnly, files: [file] }, {}],
      [{ trustedFilesOnly }, { OS_CLIENT_CONFIG_FILE: file }],
      [{ fallback: { files: [file] } }, { HOME: '/nowhere' }],
    ];
    for (const [from, env] of sources) expect((await load(from, env)).authUrl).toBe('https://own.test');
    let_(file);
    for (const [from, env] of sources) {
      await expect(load(from, env)).rejects.toMatchObject({
        code: 'CLOUD_FILE_UNTRUSTED',
        message: expect.stringMatching(/(belongs to user 1000|may write)/),
      });
    }
  });

  test.each(ways)(
    'is an error if it was named, not replaced by another cloud: the other user %s',
    async (_way, let_) => {
      const file = write('home/.config/openstack/clouds.yaml', complete);
      write('site/openstack/clouds.yaml', complete.replace('own.test', 'another.test'));
      const HOME = '/nowhere';
      let_(file);
      const sources: readonly [CloudConfigSources, Record<string, string>][] = [
        [{ trustedFilesOnly }, { HOME, OS_CLIENT_CONFIG_FILE: file }],
        [{ trustedFilesOnly, fallback: { files: [file] } }, { HOME }],
        [{ fallback: { files: [file] } }, { HOME }],
        [{ fallback: { files: [file], cloud: 'lab' } }, { HOME }],
      ];
      for (const [from, env] of sources) {
        await expect(load(from, env)).rejects.toMatchObject({
          code: 'CLOUD_FILE_UNTRUSTED',
          message: expect.stringMatching(/clouds.yaml is not trusted: .*(belongs to user 1000|may write)/),
        });
      }
      expect((await load({ trustedFilesOnly }, { HOME })).authUrl).toBe('https://another.test');
    },
  );

  test('is not read by a service through a link that another user owns or that leads to it', async () => {
    write('theirs/clouds.yaml', complete);
    chownSync(join(directory.path, 'theirs'), 1000, 1000);
    mkdirSync(join(directory.path, 'home/.config/openstack'), { recursive: true });
    symlinkSync('../../../theirs/clouds.yaml', join(directory.path, 'home/.config/openstack/clouds.yaml'));
    await expect(load({ trustedFilesOnly })).rejects.toMatchObject({ code: 'CLOUD_FILE_UNTRUSTED' });
    expect(await whoElseCanChange(join(directory.path, 'home/.config/openstack/clouds.yaml'))).toMatch(
      /theirs belongs to user 1000/,
    );
  });

  test('is not combined with a file of a third user in one directory, such as /tmp', async () => {
    chownSync(write('work/clouds.yaml', planted), 1000, 1000);
    write('work/secure.yaml', secret);
    await expect(load()).rejects.toThrow();
    linkSync(join(directory.path, 'work/secure.yaml'), join(directory.path, 'work/secure.yml'));
    await expect(load()).rejects.toThrow();
  });

  test('a service does not search the working directory, and checks the CA file', async () => {
    write('work/clouds.yaml', complete);
    await expect(load({ trustedFilesOnly })).rejects.toMatchObject({ code: 'CLOUD_NO_CREDENTIALS' });
    const cacert = write('ca.pem', '');
    const withCa = complete.replace('lab: {', `lab: {cacert: ${cacert}, `);
    write('home/.config/openstack/clouds.yaml', withCa);
    expect((await load({ trustedFilesOnly })).caFile).toBe(cacert);
    chmodSync(cacert, 0o666);
    await expect(load({ trustedFilesOnly })).rejects.toMatchObject({ code: 'CLOUD_FILE_UNTRUSTED' });
  });
});
