import { expect, it } from 'vitest';
import { ipVersionOf } from './ip-version.ts';

it.each([
  ['10.20.0.7', 4],
  ['10.20.0.0/24', 4],
  ['fd00::7', 6],
  ['::/0', 6],
  ['::ffff:10.20.0.7', 6],
])('%s is IPv%i', (text, version) => {
  expect(ipVersionOf(text)).toBe(version);
});
