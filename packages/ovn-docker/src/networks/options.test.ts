import { expect, it } from 'vitest';
import { sharedOption } from './options.ts';

it.each([
  ['True', true],
  ['on', true],
  ['1', true],
  ['False', false],
  ['no', false],
  ['', undefined],
])('neutron.net.shared=%j is %j', (text, shared) => {
  expect(sharedOption({ 'neutron.net.shared': text })).toBe(shared);
});

it('refuses a value of neutron.net.shared that is no boolean', () => {
  expect(() => sharedOption({ 'neutron.net.shared': 'maybe' })).toThrow(
    expect.objectContaining({ code: 'E_NETWORK_OPTION' }),
  );
});
