import { expect, it } from 'vitest';
import { listenAddress, splitAddress } from './listen-address.ts';

it.each([
  ['10.0.0.5:9696', { host: '10.0.0.5', port: 9696 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['broker.example.org:65535', { host: 'broker.example.org', port: 65_535 }],
])('%s is an address to listen on', (address, parts) => {
  expect(listenAddress.parse(address)).toBe(address);
  expect(splitAddress(address)).toEqual(parts);
});

it.each([
  ['10.0.0.5', 'expected host:port'],
  [':9696', 'expected host:port'],
  ['::1:9696', 'expected host:port'],
  ['a b:9696', 'expected host:port'],
  ['10.0.0.5:http', 'expected host:port'],
  ['10.0.0.5:65536', 'a port is at most 65535'],
])('%s is none: %s', (address, problem) => {
  expect(listenAddress.safeParse(address).error?.issues.map(({ message }) => message)).toContain(problem);
});
