import { expect, it } from 'vitest';
import { type Cloud, findCloudConfig, login } from './cloud.ts';

it('a credential without a project is no wrong credential: the hint names the project’s settings', async () => {
  const cloud = { session: { token: async () => ({ id: 't' }) } } as unknown as Cloud;
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
