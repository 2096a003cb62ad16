import { OpenStackError } from '@ovn-docker/openstack';
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
