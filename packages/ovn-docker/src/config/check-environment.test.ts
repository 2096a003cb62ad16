import { expect, it } from 'vitest';
import { environmentWarnings } from './check-environment.ts';

it('warns of a misspelt variable, unless the right one is set too', () => {
  expect(environmentWarnings({ OS_PASSWROD: 'x' })).toEqual([
    'the variable OS_PASSWROD has no effect: did you mean OS_PASSWORD?',
  ]);
  expect(environmentWarnings({ OS_PASSWROD: 'x', OS_PASSWORD: 'x' })).toEqual([]);
  expect(environmentWarnings({ OS_AUTHURL: 'http://k' })[0]).toContain('OS_AUTH_URL');
  expect(environmentWarnings({ OS_VIFID: 'x' })[0]).toContain('OS_VIF_ID');
});

it.each([
  ['OS_USER', 'OS_USERNAME'],
  ['OS_PROJECT', 'OS_PROJECT_NAME'],
  ['OS_TENANT', 'OS_TENANT_NAME'],
  ['OS_REGION', 'OS_REGION_NAME'],
  ['OS_USER_DOMAIN', 'OS_USER_DOMAIN_NAME'],
])('%s without a suffix means %s, unless the name or the id is set too', (name, meant) => {
  expect(environmentWarnings({ [name]: 'x' })).toEqual([
    `the variable ${name} has no effect: did you mean ${meant}?`,
  ]);
  expect(environmentWarnings({ [name]: 'x', [meant]: 'x' })).toEqual([]);
  if (name === 'OS_USER') expect(environmentWarnings({ [name]: 'x', OS_USER_ID: 'x' })).toEqual([]);
});

it('warns of variables that look like ovn-docker’s own: it has none', () => {
  expect(environmentWarnings({ OVN_DOCKER_CONFIG: '/etc/x' })[0]).toContain('OVN_DOCKER_CONFIG');
});

it('ignores the variables of other programs', () => {
  const others = {
    OS_VOLUME_API_VERSION: '3',
    OS_TEST_TIMEOUT: '9',
    OS_IMAGE_ENDPOINT_OVERRIDE: 'x',
    HOME: '/',
  };
  expect(environmentWarnings(others)).toEqual([]);
  expect(environmentWarnings({ OS_AUTH_TYPE: 'token', OS_CLOUD: 'lab', OS_SOMETHING: 'x' })).toEqual([]);
});
