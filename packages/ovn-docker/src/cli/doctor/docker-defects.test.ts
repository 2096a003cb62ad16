import { expect, it } from 'vitest';
import { defectsOf, dockerDefects, rangeOf } from './docker-defects.ts';

const rangesOf = (release: string, hasComposeV1 = false) => defectsOf(release, hasComposeV1).map(rangeOf);

it.each([
  ['19.03.15', ['before 20.10']],
  ['20.10.24+dfsg1', []],
  ['26.1.5+dfsg1', []],
  ['28.0.0', ['28.0 and newer, before 29.1']],
  ['28.5.2', ['28.0 and newer, before 29.1']],
  ['29.0.4', ['28.0 and newer, before 29.1']],
  ['29.1.0-rc.1', []],
  ['library-import', []],
])('scenario 48: the defects of Docker %s', (release, ranges) => {
  expect(rangesOf(release)).toEqual(ranges);
});

it('docker-compose 1 matters only to engines that it cannot use', () => {
  expect(rangesOf('20.10.24', true)).toEqual([]);
  expect(rangesOf('26.1.5', true)).toEqual(['26.0 and newer']);
});

it('every defect has a range and a hint', () => {
  for (const { from, below, hint } of dockerDefects) expect([from ?? below, hint]).not.toContain('');
});
