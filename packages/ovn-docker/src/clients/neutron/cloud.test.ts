import { expect, it } from 'vitest';
import { parseAgentConfig } from '../../config/agent-config.ts';
import { type Cloud, findCloudConfig, login, openCloud } from './cloud.ts';
import { configuredCloud } from './configured-cloud.ts';

it('a credential without a project is no wrong credential: the hint names the project’s settings', async () => {
  const cloud = {
    session: { config: { auth: { type: 'password' } }, token: async () => ({ id: 't' }) },
  } as unknown as Cloud;
  await expect(login(cloud)).rejects.toMatchObject({
    code: 'E_NO_PROJECT',
    hint: expect.stringMatching(/OS_PROJECT_NAME.*project_name/),
  });
});

it.each([
  ['an unsupported auth_type', { OS_AUTH_TYPE: 'v3oidc' }, /application credential create.*OS_TOKEN/],
  ['a missing password', {}, /Add the field/],
  ['an unknown interface', { OS_INTERFACE: 'pubic', OS_PASSWORD: 'x' }, /OS_\* variable of the same name/],
  ['an odd verify', { OS_VERIFY: 'flase', OS_PASSWORD: 'x' }, /OS_\* variable of the same name/],
])('%s: the hint helps', async (_, env, hint) => {
  const sources = { env: { OS_AUTH_URL: 'http://k.test', OS_USERNAME: 'a', ...env } };
  await expect(findCloudConfig(sources)).rejects.toMatchObject({
    code: 'E_NO_CREDENTIAL',
    hint: expect.stringMatching(hint),
  });
});

const fallback = configuredCloud(parseAgentConfig('cloud: { broker: "https://b.test:9797" }', 'config.yaml'));

it('the configured broker is the cloud of an agent without any credential', async () => {
  expect(await findCloudConfig({ fallback, env: {} })).toMatchObject({
    authUrl: 'https://b.test:9797',
    auth: { type: 'none' },
    certFile: '/var/lib/ovn-docker/broker/vm.pem',
    caFile: '/var/lib/ovn-docker/broker/ca.pem',
  });
});

it('the credential of a person takes precedence over the configured broker', async () => {
  const own = { OS_AUTH_URL: 'https://k.test', OS_USERNAME: 'a', OS_PASSWORD: 'x' };
  expect(await findCloudConfig({ fallback, env: own })).toMatchObject({ authUrl: 'https://k.test' });
  const token = { fallback, env: {}, token: 't', authUrl: 'https://k.test' };
  expect(await findCloudConfig(token)).toMatchObject({ authUrl: 'https://k.test', auth: { type: 'token' } });
});

it('no token is sent to a broker', async () => {
  const withoutUrl = { fallback, env: {}, token: 't' };
  await expect(findCloudConfig(withoutUrl)).rejects.toMatchObject({ code: 'E_NO_CREDENTIAL' });
  using cloud = openCloud(await findCloudConfig({ fallback, env: {} }));
  expect(() => cloud.withToken('t')).toThrowError(expect.objectContaining({ code: 'E_BROKER_REFUSED' }));
});
