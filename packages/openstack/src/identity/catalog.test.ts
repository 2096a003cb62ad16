import { expect, test } from 'vitest';
import { recordingOf } from '../../test/support/replay-cloud.ts';
import { findEndpoint } from './catalog.ts';
import type { KeystoneToken } from './types.ts';

function recordedToken(number: string): KeystoneToken {
  return (recordingOf('identity', number).response.body as { token: KeystoneToken }).token;
}

const endpoint = (region: string, face: string, url: string) => ({
  id: url,
  interface: face,
  region_id: region,
  url,
});
const twoRegions = {
  catalog: [
    {
      id: 'n',
      type: 'network',
      name: 'neutron',
      endpoints: [
        endpoint('north', 'public', 'https://north.test:9696/'),
        endpoint('south', 'public', 'https://south.test/network//'),
        endpoint('south', 'internal', 'http://south.internal:9696'),
      ],
    },
  ],
} as unknown as KeystoneToken;

test('a recorded catalog contains the endpoint', () => {
  const choice = { region: 'RegionOne', interface: 'internal' } as const;
  expect(findEndpoint(recordedToken('003'), 'network', choice)).toBe('{{cloud}}');
});

test('region and interface select the endpoint, whose trailing slashes are removed', () => {
  expect(findEndpoint(twoRegions, 'network', {})).toBe('https://north.test:9696');
  expect(findEndpoint(twoRegions, 'network', { region: 'south' })).toBe('https://south.test/network');
  expect(findEndpoint(twoRegions, 'network', { interface: 'internal' })).toBe('http://south.internal:9696');
  const preferred = { interface: ['internal', 'public'] } as const;
  expect(findEndpoint(twoRegions, 'network', preferred)).toBe('http://south.internal:9696');
  expect(findEndpoint(twoRegions, 'network', { ...preferred, region: 'north' })).toBe(
    'https://north.test:9696',
  );
});

test('the error for a missing endpoint lists the existing ones', () => {
  expect(() => findEndpoint(twoRegions, 'network', { region: 'north', interface: 'internal' })).toThrow(
    expect.objectContaining({
      code: 'OPENSTACK_NO_ENDPOINT',
      message:
        'the catalog has no internal endpoint of the network service in region north; it has public in north, public in south, internal in south',
    }),
  );
  expect(() => findEndpoint(twoRegions, 'compute', {})).toThrow('it has none at all');
});

test('a token without a project has no catalog', () => {
  expect(() => findEndpoint(recordedToken('010'), 'network', {})).toThrow(
    expect.objectContaining({ code: 'OPENSTACK_UNSCOPED_TOKEN' }),
  );
});
