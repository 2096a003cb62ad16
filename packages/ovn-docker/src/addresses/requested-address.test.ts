import { expect, it } from 'vitest';
import { requestedIp, requestedMac } from './requested-address.ts';

it('returns addresses in the form that Neutron has', () => {
  expect(requestedIp('10.0.0.7')).toBe('10.0.0.7');
  expect(requestedIp('FD00:0::07')).toBe('fd00::7');
  expect(requestedMac('FA:16:3E:00:00:01')).toBe('fa:16:3e:00:00:01');
});

it.each(['', 'x', '10.0.0', '10.0.0.256', '10.0.0.7/24', 'fe80::1%eth0', ':::', '\ud800', '10.0.0.7\0', ' '])(
  'refuses %j',
  (text) => {
    expect(() => requestedIp(text)).toThrow(expect.objectContaining({ code: 'E_ADDRESS' }));
    expect(() => requestedMac(text)).toThrow(expect.objectContaining({ code: 'E_ADDRESS' }));
  },
);
