import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigDirectory } from '../../test/support/config-directory.ts';

let directory: ConfigDirectory;
let warnings: string[];
const own = 'home/.config/openstack';
const write: ConfigDirectory['write'] = (path, text) => directory.write(path, text);
const load = (env: Record<string, string> = {}) =>
  directory.load({ onWarning: (warning) => warnings.push(warning) }, env);

beforeEach(() => {
  directory = new ConfigDirectory();
  warnings = [];
});

afterEach(() => {
  directory[Symbol.dispose]();
});

const profiles = `
public-clouds:
  vendor:
    region_name: north
    interface: internal
    auth: { auth_url: "https://vendor.test", user_domain_name: Customers }
`;
const cloud = (more: string, auth = '') =>
  `clouds: {c: {profile: vendor, ${more} auth: {${auth} username: alice, password: hunter22}}}`;

describe('a profile of clouds-public.yaml', () => {
  test('supplies what the cloud does not say, also beside an auth_url', async () => {
    write('site/openstack/clouds-public.yaml', profiles);
    write(`${own}/clouds.yaml`, cloud(''));
    const shared = { region: 'north', interface: 'internal', auth: { userDomain: { name: 'Customers' } } };
    expect(await load()).toMatchObject({ ...shared, authUrl: 'https://vendor.test' });
    write(`${own}/clouds.yaml`, cloud('', 'auth_url: "https://own.test",'));
    expect(await load()).toMatchObject({ ...shared, authUrl: 'https://own.test' });
    expect(warnings).toEqual([]);
  });

  test('has regions, which those of the cloud replace', async () => {
    write(`${own}/clouds-public.yaml`, profiles.replace('region_name: north', 'regions: [east, west]'));
    write(`${own}/clouds.yaml`, cloud(''));
    expect((await load()).region).toBe('east');
    write(`${own}/clouds.yaml`, cloud('region_name: [south, north],'));
    expect((await load()).region).toBe('south');
  });

  test('does not send the secret of the user’s cloud to the URL of a clouds-public.yaml in the working directory', async () => {
    write('work/clouds-public.yaml', profiles.replace('vendor.test', 'evil.test'));
    write(`${own}/clouds.yaml`, cloud(''));
    await expect(load()).rejects.toMatchObject({ code: 'CLOUD_NO_AUTH_URL' });
    expect(warnings).toEqual([
      expect.stringMatching(/^ignored \S+work\/clouds-public.yaml: it is in the working directory; /),
      expect.stringMatching(/^profile 'vendor' of .* is not used: no clouds-public.yaml has it/),
    ]);
    write('site/openstack/clouds-public.yaml', profiles);
    expect((await load()).authUrl).toBe('https://vendor.test');
  });

  test('is not needed if the caller or the program supplies the URL', async () => {
    write(`${own}/clouds.yaml`, cloud('').replace('vendor', 'unknown'));
    for (const sources of [
      { authUrl: 'https://given.test' },
      { fallback: { authUrl: 'https://given.test' } },
    ]) {
      expect((await directory.load(sources)).authUrl).toBe('https://given.test');
    }
  });

  test('without an auth_url leaves the cloud without one', async () => {
    write(`${own}/clouds-public.yaml`, 'public-clouds: {vendor: {region_name: r}}');
    write(`${own}/clouds.yaml`, cloud(''));
    await expect(load()).rejects.toMatchObject({
      code: 'CLOUD_NO_AUTH_URL',
      message: expect.stringMatching(/has no auth_url, and its profile 'vendor' supplies none$/),
    });
    expect(warnings).toEqual([]);
  });

  test('supplies what the OS_* variables do not say: OS_PROFILE', async () => {
    write('site/openstack/clouds-public.yaml', profiles);
    const env = { OS_PROFILE: 'vendor', OS_USERNAME: 'alice', OS_PASSWORD: 'hunter22' };
    const shared = { region: 'north', interface: 'internal', auth: { userDomain: { name: 'Customers' } } };
    expect(await load(env)).toMatchObject({ ...shared, authUrl: 'https://vendor.test' });
    const config = await load({ ...env, OS_AUTH_URL: 'https://own.test', OS_USER_DOMAIN_NAME: 'Mine' });
    expect(config).toMatchObject({ authUrl: 'https://own.test', auth: { userDomain: { name: 'Mine' } } });
    expect(warnings).toEqual([]);
  });

  test('of OS_PROFILE is not read from the working directory, and a missing one is named', async () => {
    write('work/clouds-public.yaml', profiles.replace('vendor.test', 'evil.test'));
    const env = { OS_PROFILE: 'vendor', OS_USERNAME: 'alice', OS_PASSWORD: 'hunter22' };
    await expect(load(env)).rejects.toMatchObject({ code: 'CLOUD_NO_AUTH_URL' });
    expect((await load({ ...env, OS_AUTH_URL: 'https://own.test' })).authUrl).toBe('https://own.test');
    expect(warnings.join()).toMatch(/profile 'vendor' of the OS_\* variables is not used/);
  });

  test('does not replace a field that the cloud has beside `auth`', async () => {
    write(`${own}/clouds-public.yaml`, profiles);
    write(`${own}/clouds.yaml`, cloud('auth_url: "https://own.test",'));
    expect((await load()).authUrl).toBe('https://own.test');
  });

  test('at a URL is not fetched', async () => {
    write(`${own}/clouds.yaml`, cloud('').replace('vendor', '"https://vendor.test"'));
    await expect(load()).rejects.toMatchObject({
      code: 'CLOUD_NO_AUTH_URL',
      message: expect.stringContaining("profile 'https://vendor.test'"),
    });
    expect(warnings.join()).toContain('profiles at a URL are not fetched');
  });
});

test('interface may be a list in the order of preference', async () => {
  write(`${own}/clouds.yaml`, cloud('interface: [internalURL, public],', 'auth_url: "https://own.test",'));
  expect((await load()).interface).toEqual(['internal', 'public']);
  write(`${own}/clouds.yaml`, cloud('interface: [internal, x],', 'auth_url: "https://own.test",'));
  await expect(load()).rejects.toMatchObject({ code: 'CLOUD_BAD_VALUE' });
});

test('relative paths of certificates belong to the file that contains them, not to the working directory', async () => {
  const files = 'cacert: ca.pem, cert: certs/me.pem, key: /keys/me.pem,';
  write(`${own}/clouds.yaml`, cloud(files, 'auth_url: "https://own.test",'));
  const at = (path: string) => join(directory.path, own, path);
  const expected = { caFile: at('ca.pem'), certFile: at('certs/me.pem'), keyFile: '/keys/me.pem' };
  expect(await load()).toMatchObject(expected);
  expect((await load({ OS_CACERT: 'mine.pem' })).caFile).toBe(join(process.cwd(), 'mine.pem'));
});
