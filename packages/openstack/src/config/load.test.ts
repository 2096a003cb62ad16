import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigDirectory } from '../../test/support/config-directory.ts';
import { loadCloudConfig } from './load.ts';
import type { CloudConfigSources } from './sources.ts';

let directory: ConfigDirectory;
const write: ConfigDirectory['write'] = (path, text) => directory.write(path, text);
const load: ConfigDirectory['load'] = (sources, env) => directory.load(sources, env);

beforeEach(() => {
  directory = new ConfigDirectory();
});

afterEach(() => {
  directory[Symbol.dispose]();
});

/** Runs `work` as a user who is not root. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const lab = `
clouds:
  lab:
    region_name: RegionOne
    auth: { auth_url: https://keystone.test:5000/v3, username: alice, project_name: demo, user_domain_name: Users }
`;
const labSecret = 'clouds: { lab: { auth: { password: hunter22 } } }';
const variables = {
  OS_AUTH_URL: 'http://keystone.test:5000',
  OS_USERNAME: 'bob',
  OS_PASSWORD: 'hunter22',
  OS_PROJECT_NAME: 'demo',
};

describe('clouds.yaml', () => {
  test('its only cloud is used, with secure.yaml merged over it', async () => {
    write('work/clouds.yaml', lab);
    write('work/secure.yaml', labSecret);
    expect(await load()).toEqual({
      authUrl: 'https://keystone.test:5000/v3',
      auth: {
        type: 'password',
        username: 'alice',
        password: 'hunter22',
        userDomain: { name: 'Users' },
        project: { name: 'demo' },
      },
      region: 'RegionOne',
      interface: 'public',
      origin: `cloud 'lab' of ${join(directory.path, 'work/clouds.yaml')}`,
    });
  });

  test('the search order is that of openstacksdk', async () => {
    const at = (url: string) => `clouds: {c: {auth: {auth_url: "http://${url}.test", token: hunter22}}}`;
    const hostname = async (env: Record<string, string> = {}) =>
      new URL((await load({}, env)).authUrl).hostname;
    write('site/openstack/clouds.yaml', at('site'));
    expect(await hostname()).toBe('site.test');
    write('home/.config/openstack/clouds.yml', at('home'));
    expect(await hostname()).toBe('home.test');
    write(
      'xdg/openstack/clouds.json',
      JSON.stringify({ clouds: { c: { auth: { auth_url: 'http://xdg.test', token: 'x' } } } }),
    );
    expect(await hostname({ XDG_CONFIG_HOME: join(directory.path, 'xdg') })).toBe('xdg.test');
    write('work/clouds.yaml', at('work'));
    expect(await hostname()).toBe('work.test');
    const OS_CLIENT_CONFIG_FILE = write('other.yaml', at('other'));
    expect(await hostname({ OS_CLIENT_CONFIG_FILE })).toBe('other.test');
  });

  test('an explicitly named file is used together with the secure.yaml beside it', async () => {
    const file = write('etc/clouds.yaml', lab);
    write('etc/secure.yaml', labSecret);
    write('work/clouds.yaml', 'clouds: {wrong: {}}');
    expect((await load({ files: [file] })).auth).toMatchObject({ password: 'hunter22' });
  });

  test('auth_type none: all services have the endpoint, and no credential is needed', async () => {
    const certificate = 'cert: vm.pem, cacert: ca.pem';
    write(
      'work/clouds.yaml',
      `clouds: {c: {auth_type: none, auth: {endpoint: 'https://broker.test:9797'}, ${certificate}}}`,
    );
    expect(await load()).toMatchObject({
      authUrl: 'https://broker.test:9797',
      auth: { type: 'none' },
      certFile: expect.stringMatching(/work\/vm\.pem$/),
      caFile: expect.stringMatching(/work\/ca\.pem$/),
    });
    write('work/clouds.yaml', 'clouds: {c: {auth_type: none, auth: {}}}');
    await expect(load()).rejects.toMatchObject({ code: 'CLOUD_FIELD_MISSING' });
    write('work/clouds.yaml', 'clouds: {c: {auth_type: none, auth: {endpoint: broker.test}}}');
    await expect(load()).rejects.toMatchObject({ code: 'CLOUD_BAD_VALUE' });
  });

  test('OS_AUTH_TYPE=none with OS_ENDPOINT describes a cloud without Keystone; OS_ENDPOINT alone none', async () => {
    const endpoint = 'https://broker.test:9797';
    expect(await load({}, { OS_AUTH_TYPE: 'none', OS_ENDPOINT: endpoint })).toMatchObject({
      authUrl: endpoint,
      auth: { type: 'none' },
    });
    await expect(load({}, { OS_ENDPOINT: endpoint })).rejects.toMatchObject({ code: 'CLOUD_NO_CREDENTIALS' });
  });

  test('a secret or auth_type selects the application credential method', async () => {
    const auth =
      'auth_url: http://k.test, application_credential_id: 0123, application_credential_secret: hunter22';
    write('work/clouds.yaml', `clouds: {c: {auth: {${auth}}}}`);
    const expected = { type: 'application_credential', id: '0123', secret: 'hunter22' };
    expect((await load()).auth).toEqual(expected);
    write('work/clouds.yaml', `clouds: {c: {auth_type: v3applicationcredential, auth: {${auth}}}}`);
    expect((await load()).auth).toEqual(expected);
  });

  test('an application credential by name includes its user', async () => {
    const credential = 'application_credential_name: plugin, application_credential_secret: hunter22';
    write(
      'work/clouds.yaml',
      `clouds: {c: {auth: {auth_url: http://k.test, ${credential}, username: alice, domain_id: d}}}`,
    );
    expect((await load()).auth).toEqual({
      type: 'application_credential',
      name: 'plugin',
      secret: 'hunter22',
      username: 'alice',
      userDomain: { id: 'd' },
    });
  });

  test('a value that looks like a number stays text', async () => {
    const auth =
      'auth_url: http://k.test, user_id: 12e34, password: 0123, project_id: 12345678901234567890123456789012';
    write('work/clouds.yaml', `clouds: {c: {auth: {${auth}}}}`);
    expect((await load()).auth).toMatchObject({
      userId: '12e34',
      password: '0123',
      project: { id: '12345678901234567890123456789012' },
    });
  });

  test('all settings beside the credentials are read', async () => {
    const settings = `
    interface: internalURL
    cacert: /etc/ssl/own.pem
    verify: false
    api_timeout: 7
    network_endpoint_override: http://neutron.test:9696
    regions: [{ name: north, values: { network_endpoint_override: http://north.test } }, south]`;
    write(
      'work/clouds.yaml',
      `clouds:\n  c:\n    auth: { auth_url: http://k.test, token: hunter22 }${settings}`,
    );
    const common = { interface: 'internal', caFile: '/etc/ssl/own.pem', insecure: true, timeoutMs: 7000 };
    expect(await load()).toMatchObject({
      ...common,
      region: 'north',
      endpointOverrides: { network: 'http://north.test' },
    });
    expect(await load({}, { OS_REGION_NAME: 'south' })).toMatchObject({
      ...common,
      region: 'south',
      endpointOverrides: { network: 'http://neutron.test:9696' },
    });
    expect((await load({ region: 'west' }, { OS_REGION_NAME: 'south' })).region).toBe('west');
  });
});

describe('merge keys', () => {
  const load = async (text: string) => {
    write('work/clouds.yaml', text);
    return directory.load({ cloud: 'c' });
  };
  const base = `
base: &base
  region_name: north
  auth: &auth { auth_url: http://base.test, username: alice, password: 0123 }
spare: &spare { username: nobody, project_name: demo }
clouds:
  c:`;

  test('a merged mapping adds keys but does not override', async () => {
    expect(await load(`${base}\n    <<: *base\n    region_name: south`)).toMatchObject({
      authUrl: 'http://base.test',
      auth: { username: 'alice', password: '0123' },
      region: 'south',
    });
  });

  test('the first of several merged mappings takes precedence', async () => {
    expect((await load(`${base} { auth: { <<: [*auth, *spare] } }`)).auth).toMatchObject({
      username: 'alice',
      project: { name: 'demo' },
    });
  });

  test('the error for a merge key without a mapping quotes nothing of the file', async () => {
    const error: unknown = await load('clouds: { c: { <<: hunter22 } }').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CLOUD_FILE_INVALID' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter22');
  });
});

describe('which cloud', () => {
  beforeEach(() => {
    const cloud = (name: string) => `${name}: { auth: { auth_url: http://${name}.test, token: hunter22 } }`;
    write('work/clouds.yaml', `clouds:\n  ${cloud('one')}\n  ${cloud('two')}`);
  });

  test('the option overrides OS_CLOUD, and OS_CLOUD the variables', async () => {
    expect((await load({ cloud: 'one' }, { OS_CLOUD: 'two' })).authUrl).toBe('http://one.test');
    expect((await load({}, { OS_CLOUD: 'two', ...variables })).authUrl).toBe('http://two.test');
    expect((await load({}, variables)).auth).toMatchObject({ username: 'bob' });
  });

  test('several clouds without a name are an error', async () => {
    await expect(load()).rejects.toMatchObject({
      code: 'CLOUD_NOT_FOUND',
      message: expect.stringContaining('one, two'),
    });
  });

  test('the error for an unknown name lists the known ones', async () => {
    await expect(load({ cloud: 'three' })).rejects.toMatchObject({
      code: 'CLOUD_NOT_FOUND',
      message: expect.stringMatching(/no cloud 'three'; .*clouds.yaml has: one, two/),
    });
  });
});

describe('all settings come from one source', () => {
  const foreign = { ...variables, OS_AUTH_URL: 'http://foreign.test' };

  test('OS_AUTH_URL does not receive the secret of the cloud that OS_CLOUD names', async () => {
    write('work/clouds.yaml', 'clouds: {c: {auth: {auth_url: http://own.test, token: hunter22}}}');
    expect((await load({}, { ...foreign, OS_CLOUD: 'c' })).authUrl).toBe('http://own.test');
  });

  test('the caller can override the URL', async () => {
    write('work/clouds.yaml', 'clouds: {c: {auth: {auth_url: http://own.test, token: hunter22}}}');
    expect((await load({ cloud: 'c', authUrl: 'http://k.test' })).authUrl).toBe('http://k.test');
  });

  test('envvars or OS_CLOUD_NAME selects the cloud that the variables describe', async () => {
    write('work/clouds.yaml', 'clouds: {c: {auth: {auth_url: http://own.test, token: hunter22}}}');
    expect((await load({}, { ...variables, OS_CLOUD: 'envvars' })).auth).toMatchObject({ username: 'bob' });
    const mine = { ...variables, OS_CLOUD: 'mine', OS_CLOUD_NAME: 'mine' };
    expect((await load({}, mine)).auth).toMatchObject({ username: 'bob' });
    await expect(load({}, { OS_CLOUD: 'envvars' })).rejects.toMatchObject({ code: 'CLOUD_NOT_FOUND' });
  });
});

describe('OS_CACERT, OS_INTERFACE and OS_REGION_NAME override any cloud', () => {
  const env = { OS_CACERT: '/env.pem', OS_INTERFACE: 'internal', OS_REGION_NAME: 'south' };
  const expected = { caFile: '/env.pem', interface: 'internal', region: 'south' };

  test('a cloud of clouds.yaml and its region', async () => {
    const own =
      'cacert: /own.pem, endpoint_type: adminURL, regions: [{name: south, values: {cacert: /own.pem}}]';
    write('work/clouds.yaml', `clouds: {c: {auth: {auth_url: http://k.test, token: hunter22}, ${own}}}`);
    expect(await load({}, { ...env, OS_CLOUD: 'c' })).toMatchObject(expected);
    expect(await load()).toMatchObject({ caFile: '/own.pem', interface: 'admin', region: 'south' });
  });

  test('a token and a URL', async () => {
    expect(await load({ token: 'hunter22', authUrl: 'https://k.test' }, env)).toMatchObject(expected);
  });
});

describe("a program's own configuration", () => {
  const cloud = (name: string) =>
    `clouds: {${name}: {auth: {auth_url: http://${name}.test, token: hunter22}}}`;
  const configured = (more: object = {}) => ({
    fallback: { cloud: 'conf', files: [write('etc/clouds.yaml', cloud('conf'))], ...more },
  });

  test('applies if nothing else names or describes a cloud', async () => {
    write('work/clouds.yaml', cloud('own'));
    expect((await load(configured())).authUrl).toBe('http://conf.test');
    expect((await load(configured(), { OS_CACERT: '/ca' })).authUrl).toBe('http://conf.test');
  });

  test('the variables override it as a whole', async () => {
    const foreign = { ...variables, OS_AUTH_URL: 'http://foreign.test' };
    expect(await load(configured(), foreign)).toMatchObject({
      authUrl: 'http://foreign.test',
      auth: { username: 'bob' },
    });
  });

  test('a name finds a cloud in the user’s file and in the program’s', async () => {
    write('work/clouds.yaml', cloud('own'));
    expect((await load({ ...configured(), cloud: 'own' })).authUrl).toBe('http://own.test');
    expect((await load(configured(), { OS_CLOUD: 'own' })).authUrl).toBe('http://own.test');
    expect((await load({ ...configured(), cloud: 'conf' })).authUrl).toBe('http://conf.test');
  });

  test('its URL applies to a cloud without one and to a token', async () => {
    const authUrl = 'http://fallback.test';
    expect((await load(configured({ authUrl }))).authUrl).toBe('http://conf.test');
    const { OS_AUTH_URL: _, ...rest } = variables;
    expect((await load({ fallback: { authUrl } }, rest)).authUrl).toBe(authUrl);
    expect((await load({ fallback: { authUrl }, token: 'hunter22' })).authUrl).toBe(authUrl);
  });

  // root can read every file.
  const asUser = process.getuid?.() === 0 ? unprivileged : <T>(work: () => Promise<T>) => work();

  test('the error names an unreadable file, which variables and tokens do not need', async () => {
    const sources = configured();
    const [file = ''] = sources.fallback.files;
    chmodSync(file, 0);
    chmodSync(directory.path, 0o755);
    await asUser(async () => {
      expect((await load(sources, variables)).auth).toMatchObject({ username: 'bob' });
      const token = { OS_AUTH_URL: 'http://k.test', OS_TOKEN: ' hunter22\n' };
      expect((await load(sources, token)).auth).toEqual({ type: 'token', token: 'hunter22' });
      const fallback = { ...sources.fallback, authUrl: 'http://fallback.test' };
      expect((await load({ fallback }, { OS_TOKEN: 'hunter22' })).authUrl).toBe('http://fallback.test');
      await expect(load(sources)).rejects.toMatchObject({
        code: 'CLOUD_FILE_UNREADABLE',
        message: expect.stringContaining(file),
      });
    });
  });
});

describe('variables', () => {
  test('describe a cloud', async () => {
    const more = {
      OS_REGION_NAME: 'north',
      OS_INSECURE: 'true',
      OS_PROJECT_DOMAIN_ID: 'default',
      OS_CACERT: '/ca',
    };
    expect(await load({}, { ...variables, ...more })).toEqual({
      authUrl: 'http://keystone.test:5000',
      auth: {
        type: 'password',
        username: 'bob',
        password: 'hunter22',
        project: { name: 'demo' },
        projectDomain: { id: 'default' },
      },
      region: 'north',
      interface: 'public',
      caFile: '/ca',
      insecure: true,
      origin: 'the OS_* variables',
    });
  });

  test('are ignored unless the caller passes them', async () => {
    const sources = { cwd: directory.path, authUrl: 'http://k.test', token: 'hunter22' };
    expect((await loadCloudConfig(sources)).auth).toMatchObject({ type: 'token' });
  });

  test('describe no cloud if they only select one or are empty', async () => {
    const nothing = {
      OS_REGION_NAME: 'north',
      OS_LOG_PATH: '/tmp',
      OS_USERNAME: '',
      OS_VIF_ID: 'x',
      OS_IDENTITY_API_VERSION: '3',
    };
    await expect(load({}, nothing)).rejects.toMatchObject({ code: 'CLOUD_NO_CREDENTIALS' });
  });
});

describe('a token', () => {
  test('overrides all other credentials, in the order option, file, OS_TOKEN', async () => {
    const tokenFile = write('token', 'from-file\n');
    const env = { ...variables, OS_TOKEN: 'from-env' };
    const token = async (sources: CloudConfigSources) => (await load(sources, env)).auth;
    expect(await token({ token: 'from-option', tokenFile })).toEqual({ type: 'token', token: 'from-option' });
    expect(await token({ tokenFile })).toEqual({ type: 'token', token: 'from-file' });
    expect(await token({})).toEqual({ type: 'token', token: 'from-env' });
  });

  test('needs only a URL', async () => {
    expect(await load({ token: 'hunter22', authUrl: 'http://k.test' })).toMatchObject({
      authUrl: 'http://k.test',
    });
    await expect(load({ token: 'hunter22' })).rejects.toMatchObject({ code: 'CLOUD_NO_CREDENTIALS' });
  });

  test('replaces only the credentials of a cloud', async () => {
    write('home/.config/openstack/clouds.yaml', lab);
    expect(await load({ token: 'hunter22', cloud: 'lab' })).toMatchObject({
      authUrl: 'https://keystone.test:5000/v3',
      region: 'RegionOne',
    });
  });

  test('is refused if it is empty or its file is missing', async () => {
    const authUrl = 'http://k.test';
    await expect(load({ token: ' ', authUrl })).rejects.toMatchObject({ code: 'CLOUD_NO_CREDENTIALS' });
    await expect(load({ tokenFile: '/nowhere/token', authUrl })).rejects.toMatchObject({
      code: 'CLOUD_FILE_UNREADABLE',
    });
  });
});

test('a printed configuration hides its secrets', async () => {
  const config = await load({}, variables);
  expect(inspect(config, { depth: 9 })).not.toContain('hunter22');
  expect(JSON.stringify(config)).not.toContain('hunter22');
  expect({ ...config.auth }).toMatchObject({ password: 'hunter22' });
});

describe('a pipe without a writer does not block', () => {
  const pipe = () => {
    const path = join(directory.path, 'pipe');
    execFileSync('mkfifo', [path]);
    return path;
  };

  test('a reading again, after a first one that accepts it', async () => {
    const tokenFile = pipe();
    const sources = { tokenFile, authUrl: 'http://keystone.test:5000' };
    const [config] = await Promise.all([load(sources), writeFile(tokenFile, 'from-pipe')]);
    expect(config.auth).toEqual({ type: 'token', token: 'from-pipe' });
    await expect(load({ ...sources, acceptsPipes: false })).rejects.toMatchObject({
      code: 'CLOUD_FILE_INVALID',
    });
    const env = { OS_CLIENT_CONFIG_FILE: tokenFile };
    await expect(load({ acceptsPipes: false }, env)).rejects.toMatchObject({ code: 'CLOUD_FILE_INVALID' });
  });

  test('a service', async () => {
    const refused = load({ trustedFilesOnly: true }, { OS_CLIENT_CONFIG_FILE: pipe() });
    await expect(refused).rejects.toMatchObject({ code: 'CLOUD_FILE_INVALID' });
  });
});
