import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { checks } from '../../packages/ovn-docker/src/cli/doctor/checks.ts';
import { doctorDoc, renderDoctorDoc } from './page.ts';

it('docs/doctor.md has what `npm run docs:doctor` writes', async () => {
  expect(readFileSync(doctorDoc, 'utf8')).toBe(await renderDoctorDoc());
});

it('every check has a sentence', async () => {
  expect(await renderDoctorDoc()).not.toMatch(/\| *\|$/m);
});

it('the example in README.md has every check, in order', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const example = readme.split('names an uplink that does not exist:\n\n```\n')[1]?.split('```')[0] ?? '';
  const names = [...example.matchAll(/^[✓!–✗·] (.+?) {2,}/gm)].map(([, name]) => name);
  expect(names).toEqual(checks.map(({ name }) => name));
});
