import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findCloudConfig } from '../clients/neutron/cloud.ts';
import type { GlobalOptions } from './global-options.ts';
import { callersToken, givenVifId, openCallersCloud, readSettings } from './settings.ts';

let directory: string;
const write = (name: string, text: string) => {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

/** A configuration as in the README. */
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OS_')) vi.stubEnv(name, undefined);
  directory = mkdtempSync(join(tmpdir(), 'ovn-docker-settings-'));
  vi.stubEnv('HOME', directory);
  const auth =
    'auth_url: http://site.test, application_credential_id: x, application_credential_secret: hunter22';
  const clouds = write('clouds.yaml', `clouds: {site: {auth: {${auth}}}, other: {auth: {${auth}}}}`);
  write('config.yaml', `cloud: {clouds_yaml: ${clouds}, cloud: site, auth_url: http://fallback.test}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const settings = (options: GlobalOptions = {}) =>
  readSettings({ config: join(directory, 'config.yaml'), ...options });
const cloudOf = async (options: GlobalOptions = {}) => findCloudConfig((await settings(options)).sources);

it('the default is the configured cloud, at its own URL', async () => {
  expect(await cloudOf()).toMatchObject({ authUrl: 'http://site.test', auth: { secret: 'hunter22' } });
});

it('an openrc of another cloud overrides the configuration, and the configured secret is not sent to that cloud', async () => {
  vi.stubEnv('OS_AUTH_URL', 'http://foreign.test');
  vi.stubEnv('OS_USERNAME', 'bob');
  vi.stubEnv('OS_PASSWORD', 'his');
  expect(await cloudOf()).toMatchObject({ authUrl: 'http://foreign.test', auth: { password: 'his' } });
  vi.stubEnv('OS_CLOUD', 'other');
  expect(await cloudOf()).toMatchObject({ authUrl: 'http://site.test', auth: { secret: 'hunter22' } });
  expect(await cloudOf({ osCloud: 'site', authUrl: 'http://asked.test' })).toMatchObject({
    authUrl: 'http://asked.test',
  });
});

it('a clouds.yaml in the working directory gets no token, and a warning names it', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  write('config.yaml', '');
  const planted = write('work/clouds.yaml', 'clouds: {lab: {auth: {auth_url: "http://evil.test"}}}');
  vi.spyOn(process, 'cwd').mockReturnValue(dirname(planted));
  await expect(cloudOf({ cred: 'hunter22' })).rejects.toMatchObject({
    code: 'E_NO_CREDENTIAL',
    message: expect.stringContaining(planted),
    hint: expect.stringContaining('OS_CLIENT_CONFIG_FILE'),
  });
  expect(written).toHaveBeenCalledWith(expect.stringMatching(`warning: ignored ${planted}: .*token`));
});

it('`run` reads the caller’s token from the option, the file or the variable', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('OS_TOKEN', ' from-env\n');
  expect(await callersToken(await settings(), false)).toBe('from-env');
  const credFile = write('token', 'from-file\n');
  expect(await callersToken(await settings({ credFile }), false)).toBe('from-file');
  expect(await callersToken(await settings({ credFile, cred: 'given' }), false)).toBe('given');
});

it('`run` refuses an empty token file', async () => {
  const empty = callersToken(await settings({ credFile: write('token', '\n') }), false);
  await expect(empty).rejects.toMatchObject({
    code: 'E_NO_CREDENTIAL',
    message: expect.stringContaining('empty'),
  });
});

it.each([{ osCloud: 'other' }, { authUrl: 'http://k.test' }])('`run` refuses %o', async (options) => {
  await expect(callersToken(await settings(options), false)).rejects.toMatchObject({ code: 'E_USAGE' });
});

it('`run` notes that it does not use the password of OS_*', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('OS_PASSWORD', 'his');
  expect(await callersToken(await settings(), false)).toBeUndefined();
  expect(written).toHaveBeenCalledWith(expect.stringContaining('its own credential'));
});

it('an empty credential option is refused: most likely the caller’s shell variable was empty', async () => {
  await expect(settings({ credFile: '' })).rejects.toMatchObject({ code: 'E_NO_CREDENTIAL' });
  await expect(settings({ cred: '' })).rejects.toMatchObject({ code: 'E_NO_CREDENTIAL' });
});

it('an empty key of the configuration is ignored with a warning', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const file = write('config.yaml', 'vif_id: ""');
  expect(givenVifId(await settings())).toBeUndefined();
  expect(written).toHaveBeenCalledWith(
    `ovn-docker: warning: ${file}: vif_id is empty and counts as not set\n`,
  );
});

it('an empty OS_VIF_ID is ignored', async () => {
  write('config.yaml', 'vif_id: configured');
  vi.stubEnv('OS_VIF_ID', '');
  expect(givenVifId(await settings())).toBe('configured');
});

it('an expired token from a pipe is refused: the command does not wait for another writer', async () => {
  const keystone = createServer((_request, response) => response.writeHead(401).end());
  await once(keystone.listen(0, '127.0.0.1'), 'listening');
  const authUrl = `http://127.0.0.1:${(keystone.address() as AddressInfo).port}`;
  const credFile = join(directory, 'pipe');
  execFileSync('mkfifo', [credFile]);
  const opened = openCallersCloud(await settings({ credFile, authUrl }));
  await Promise.all([
    expect(opened).rejects.toMatchObject({ code: 'E_TOKEN_REFUSED' }),
    writeFile(credFile, 'expired'),
  ]);
  keystone.close();
});
