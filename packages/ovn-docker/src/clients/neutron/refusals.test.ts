import { OpenStackError } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { lost, refusal } from '../../../test/support/fake-neutron.ts';
import { explainRefusal, isAway, isNotFound } from './refusals.ts';

describe('gone', () => {
  it('is what Neutron itself says', () => {
    for (const type of ['PortNotFound', 'TrunkNotFound', 'HTTPNotFound'])
      expect(isNotFound(refusal(404, type))).toBe(true);
  });

  it("is not what a gateway's page says: the port may be there, and its VLAN in use", () => {
    expect(isNotFound(refusal(404, ''))).toBe(false);
  });
});

describe('away', () => {
  it.each([
    ['no connection', lost('not-sent')],
    ['a lost answer', lost()],
    ["a proxy's 502", refusal(502, '')],
    ["a proxy's 503", refusal(503, '')],
    ["a proxy's 504", refusal(504, '')],
    ['a Neutron without what it needs', refusal(503, 'HTTPServiceUnavailable')],
  ])('%s', (_what, error) => {
    expect(isAway(error)).toBe(true);
    expect(explainRefusal(error)).toMatchObject({ code: 'E_API_UNREACHABLE' });
  });

  it.each([
    ['an error of its own', refusal(500, 'HTTPInternalServerError')],
    ['503 about the one thing that was asked', refusal(503, 'MacAddressGenerationFailure')],
    ['a refusal', refusal(409, 'OverQuota')],
  ])('but not: %s', (_what, error: OpenStackError) => {
    expect(isAway(error)).toBe(false);
    expect(explainRefusal(error)).not.toMatchObject({ code: 'E_API_UNREACHABLE' });
  });
});

it.each([
  ['POST', 'E_VIF_UNKNOWN'],
  ['PUT', 'E_API_FAILED'],
])('a port that is not there: to a %s it is %s', (method, code) => {
  const call = { method, url: 'http://neutron/v2.0/ports' };
  const error = new OpenStackError(call, { status: 404, type: 'PortNotFound', reason: 'not found' });
  expect(explainRefusal(error)).toMatchObject({ code });
});
