import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from './config.ts';

let directory: string;
const path = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'en-config-'));
  writeFileSync(path('key'), 'k'.repeat(32));
  writeFileSync(path('short'), 'k');
  writeFileSync(path('hash'), 'scrypt$1$2$3$4$5\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

const user = (more: object = {}) => ({
  name: 'a',
  password_hash: 'scrypt$x',
  roles: { p: ['member'] },
  ...more,
});
const valid = {
  listen: { identity: '127.0.0.1:5000', network: '[::1]:9696' },
  nb: 'tcp:10.77.0.1:6641',
  identity: { signing_key_file: 'key', projects: [{ name: 'p' }], users: [user()] },
};
const load = (config: unknown) => {
  writeFileSync(path('c.yaml'), typeof config === 'string' ? config : stringify(config));
  return loadConfig(path('c.yaml'));
};

test('defaults are filled in, and paths are relative to the configuration file', async () => {
  const hashFile = { name: 'a', password_hash_file: 'hash', roles: {} };
  const config = await load({ ...valid, identity: { ...valid.identity, users: [hashFile] } });
  expect(config.network).toMatchObject({ mtu: 1442, provider_mtu: 1500, base_mac: 'fa:16:3e' });
  expect(config.network.quotas).toMatchObject({ port: 5000, trunk: -1 });
  expect(config.identity).toMatchObject({
    kind: 'own',
    token_lifetime: 3600,
    domain: { id: 'default', name: 'Default' },
    users: [{ passwordHash: 'scrypt$1$2$3$4$5' }],
  });
  expect(config.identity).toHaveProperty('signingKey.length', 32);
});

test('a Keystone can be the identity service', async () => {
  writeFileSync(path('password'), 'secret\n');
  const keystone = { keystone: 'https://k.example:5000/v3/', username: 'neutron', password_file: 'password' };
  const listen = { network: '127.0.0.1:9696' };
  const config = await load({ ...valid, listen, identity: keystone });
  const auth = { type: 'password', username: 'neutron', password: 'secret', project: 'service' };
  expect(config.identity).toMatchObject({
    kind: 'keystone',
    url: 'https://k.example:5000',
    auth,
    cacheTime: 60,
  });
  const credential = { application_credential_id: 'c', application_credential_secret_file: 'password' };
  const other = await load({ ...valid, listen, identity: { keystone: 'http://k:5000', ...credential } });
  expect(other.identity).toMatchObject({
    auth: { type: 'application_credential', id: 'c', secret: 'secret' },
  });
});

test('the example of the README is valid', async () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
  writeFileSync(path('signing.key'), 'k'.repeat(48));
  writeFileSync(path('alice.hash'), 'scrypt$1$2$3$4$5');
  const config = await load(example);
  expect(config.identity).toMatchObject({ users: [{ name: 'admin' }, { name: 'alice' }] });
  expect(config.listen.metadata).toBe('169.254.169.254:80');
});

test.each<[string, unknown, string]>([
  ['text that is not YAML', '{', 'CONFIG_INVALID'],
  ['an unknown key', { ...valid, nosuch: 1 }, 'CONFIG_INVALID'],
  ['no database', { ...valid, nb: undefined }, 'CONFIG_INVALID'],
  ['a bad address', { ...valid, listen: { ...valid.listen, identity: 'x' } }, 'CONFIG_INVALID'],
  [
    'a password in clear',
    { ...valid, identity: { ...valid.identity, users: [user({ password_hash: 'secret' })] } },
    'CONFIG_INVALID',
  ],
  [
    'a role in an unknown project',
    { ...valid, identity: { ...valid.identity, users: [user({ roles: { q: ['member'] } })] } },
    'CONFIG_INVALID',
  ],
  [
    'a short key',
    { ...valid, identity: { ...valid.identity, signing_key_file: 'short' } },
    'SIGNING_KEY_UNUSABLE',
  ],
  ['no key', { ...valid, identity: { ...valid.identity, signing_key_file: 'nosuch' } }, 'CONFIG_UNREADABLE'],
])('%s is refused', async (_what, config, code) => {
  await expect(load(config)).rejects.toMatchObject({ code });
});

test.each<[string, unknown, string]>([
  ['a misspelt key', { ...valid, netwrok: {} }, 'there is no key netwrok (did you mean'],
  ['a key in the wrong place', { ...valid, mtu: 1400 }, 'did you mean network.mtu'],
  [
    'a port that is too large',
    { ...valid, listen: { ...valid.listen, identity: 'a:70000' } },
    'listen.identity',
  ],
  ['a remote without its kind', { ...valid, nb: '10.77.0.1:6641' }, 'nb: expected unix:PATH'],
  ['no address of the identity service', { ...valid, listen: { network: '[::1]:9696' } }, 'listen.identity'],
  [
    'users beside a Keystone',
    { ...valid, identity: { ...valid.identity, keystone: 'http://k:5000' } },
    'identity.users: cannot be used with keystone',
  ],
  [
    'a Keystone without a credential',
    { ...valid, identity: { keystone: 'http://k:5000' } },
    'identity.username',
  ],
  [
    'the credential of no Keystone',
    { ...valid, identity: { ...valid.identity, username: 'x' } },
    'identity.username: needs keystone',
  ],
  ['a Keystone that is no URL', { ...valid, identity: { keystone: 'k' } }, 'identity.keystone'],
  [
    'a misspelt key of the identity',
    { ...valid, identity: { ...valid.identity, user: [] } },
    'identity.users',
  ],
  ['an empty region', { ...valid, region: '' }, 'region: must not be empty'],
  ['a wrong type', { ...valid, network: { mtu: 'big' } }, 'network.mtu'],
  [
    'both an id and a name',
    { ...valid, metadata: { network_id: 'a', network_name: 'b' } },
    'metadata: use either network_id or network_name',
  ],
])('%s: the message says so', async (_what, config, words) => {
  await expect(load(config)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(words),
  });
});
