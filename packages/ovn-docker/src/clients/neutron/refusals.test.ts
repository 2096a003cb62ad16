import { OpenStackCatalogError, OpenStackError } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { lost, refusal } from '../../../test/support/fake-neutron.ts';
import { explainRefusal, isAway, isNotFound } from './refusals.ts';

describe('isNotFound', () => {
  it("is true for Neutron's own 404", () => {
    for (const type of ['PortNotFound', 'TrunkNotFound', 'HTTPNotFound'])
      expect(isNotFound(refusal(404, type))).toBe(true);
  });

  it("is false for a gateway's 404: the port may exist, and its VLAN may be in use", () => {
    expect(isNotFound(refusal(404, ''))).toBe(false);
  });
});

describe('isAway', () => {
  it.each([
    ['no connection', lost('not-sent')],
    ['a lost answer', lost()],
    ["a proxy's 502", refusal(502, '')],
    ["a proxy's 503", refusal(503, '')],
    ["a proxy's 504", refusal(504, '')],
    ['a Neutron whose own backend is down', refusal(503, 'HTTPServiceUnavailable')],
  ])('is true for %s', (_what, error) => {
    expect(isAway(error)).toBe(true);
    expect(explainRefusal(error)).toMatchObject({ code: 'E_API_UNREACHABLE' });
  });

  it.each([
    ['an internal error of Neutron', refusal(500, 'HTTPInternalServerError')],
    ['a 503 that concerns only this request', refusal(503, 'MacAddressGenerationFailure')],
    ['a refusal', refusal(409, 'OverQuota')],
  ])('is false for %s', (_what, error: OpenStackError) => {
    expect(isAway(error)).toBe(false);
    expect(explainRefusal(error)).not.toMatchObject({ code: 'E_API_UNREACHABLE' });
  });
});

it.each([
  ['POST', 'E_VIF_UNKNOWN'],
  ['PUT', 'E_API_FAILED'],
])('the answer PortNotFound to a %s means %s', (method, code) => {
  const call = { method, url: 'http://neutron/v2.0/ports' };
  const error = new OpenStackError(call, { status: 404, type: 'PortNotFound', reason: 'not found' });
  expect(explainRefusal(error)).toMatchObject({ code });
});

it.each([
  ['OPENSTACK_ACCESS_RULES', 'E_ACCESS_RULES', 'ovn-docker credential create'],
  ['OPENSTACK_RULES_UNSUPPORTED', 'E_RULES_UNSUPPORTED', 'service_type = network'],
  ['OPENSTACK_UNAUTHORIZED', 'E_TOKEN_REFUSED', ''],
] as const)('a 401 with %s means %s', (cause, code, hint) => {
  const call = { method: 'POST', url: 'http://neutron/v2.0/networks' };
  const error = new OpenStackError(call, { status: 401, type: '', reason: 'refused' }, cause);
  expect(explainRefusal(error)).toMatchObject({ code, hint: expect.stringContaining(hint) });
});

it('a login with a deleted application credential is a refused credential, and no missing resource', () => {
  const call = { method: 'POST', url: 'http://keystone/v3/auth/tokens' };
  const answer = { status: 404, type: '', reason: 'Could not find Application Credential: a.' };
  const error = new OpenStackError(call, answer, 'OPENSTACK_UNAUTHORIZED');
  expect(explainRefusal(error)).toMatchObject({
    code: 'E_TOKEN_REFUSED',
    hint: expect.stringContaining('wrong, expired or deleted'),
  });
});

it.each([
  ['POST', 'a login', 'Keystone refuses the credential itself'],
  ['GET', 'a token', 'get a new token'],
])('the hint for a 401 to a %s is about %s', (method, _what, hint) => {
  const call = { method, url: 'http://keystone/v3/auth/tokens' };
  const error = new OpenStackError(call, { status: 401, type: '', reason: 'refused' });
  expect(explainRefusal(error)).toMatchObject({
    code: 'E_TOKEN_REFUSED',
    hint: expect.stringContaining(hint),
  });
});

it.each([
  ['create_port:fixed_ips:ip_address', 'without --ip'],
  ['create_port:fixed_ips', 'without --ip'],
  ['create_port:mac_address', 'without --mac-address'],
  ['create_network:shared', 'leave neutron.net.shared out'],
  ['create_port:binding:profile', 'mode: port-binding'],
  ['delete_network', 'belongs to another project'],
  ['create_trunk', 'ask the cloud'],
])('the hint about the forbidden rule %s contains %j', (rule, words) => {
  const answer = {
    status: 403,
    type: 'PolicyNotAuthorized',
    reason: `(rule:${rule}) is disallowed by policy`,
  };
  const error = new OpenStackError({ method: 'POST', url: 'http://neutron' }, answer);
  expect(explainRefusal(error)).toMatchObject({ code: 'E_FORBIDDEN', hint: expect.stringContaining(words) });
});

it('a trunk in an error state is not enabled but made again', () => {
  expect(explainRefusal(refusal(409, 'TrunkDisabled'))).toMatchObject({
    code: 'E_TRUNK',
    hint: expect.stringContaining('--enable'),
  });
  expect(explainRefusal(refusal(409, 'TrunkInErrorState'))).toMatchObject({
    code: 'E_TRUNK',
    hint: expect.stringContaining('deleted and created again'),
  });
});

it('a token without a catalog belongs to no project: the hint names the project’s settings', () => {
  const error = new OpenStackCatalogError('OPENSTACK_UNSCOPED_TOKEN', 'no catalog');
  expect(explainRefusal(error)).toMatchObject({
    code: 'E_NO_PROJECT',
    hint: expect.stringContaining('OS_PROJECT_NAME'),
  });
});

it.each([
  ['certificate', 401, 'NotAuthenticated', 'E_CERTIFICATE', 'join again'],
  ['revoked', 403, 'BrokerRefused', 'E_CERTIFICATE', 'invitation'],
  ['token', 403, 'BrokerRefused', 'E_JOIN_TOKEN', 'used once'],
  ['source address', 403, 'BrokerRefused', 'E_BROKER_REFUSED', 'NAT'],
  ['networks', 403, 'BrokerRefused', 'E_BROKER_REFUSED', '--with-networks'],
  ['field', 403, 'BrokerRefused', 'E_BROKER_REFUSED', 'docs/broker.md'],
  ['request', 403, 'BrokerRefused', 'E_BROKER_REFUSED', 'docs/broker.md'],
  ['rate', 429, 'TooManyRequests', 'E_BROKER_REFUSED', 'tries again later'],
  ['quota', 409, 'OverQuota', 'E_QUOTA', '--max-ports'],
  ['credential', 403, 'BrokerRefused', 'E_BROKER_REFUSED', 'its own credential'],
])("the broker's rule %s (%i %s) is %s, with a hint about %j", (rule, status, type, code, words) => {
  const reason = `the broker's rule "${rule}": no`;
  const error = new OpenStackError({ method: 'PUT', url: 'https://broker' }, { status, type, reason });
  expect(explainRefusal(error)).toMatchObject({
    code,
    message: expect.stringContaining(reason),
    hint: expect.stringContaining(words),
  });
});

it('a text of Neutron that mentions the broker is not its refusal', () => {
  const answer = { status: 403, type: 'PolicyNotAuthorized', reason: 'no: the broker\'s rule "token": no' };
  const error = new OpenStackError({ method: 'PUT', url: 'https://neutron' }, answer);
  expect(explainRefusal(error)).toMatchObject({ code: 'E_FORBIDDEN' });
});

it('what needs a token says where to get one, behind a broker', () => {
  expect(explainRefusal(new OpenStackCatalogError('OPENSTACK_NO_TOKEN', 'no Keystone'))).toMatchObject({
    code: 'E_NO_CREDENTIAL',
    hint: expect.stringContaining('outside the VM'),
  });
});
