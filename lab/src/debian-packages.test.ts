import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { unpackDebianPackages } from './debian-packages.ts';

/** A directory that is unpacked already, so that the test downloads nothing. */
const directory = mkdtempSync(join(tmpdir(), 'debian packages '));
writeFileSync(join(directory, 'versions'), 'libc6 2.43-1\novn-central 26.09.0-1\novn-host 26.09.0-1\n');
afterAll(() => rmSync(directory, { recursive: true }));

const selection = { suite: 'sid', packages: ['ovn-central', 'ovn-host'], dependencies: true };

it('an unpacked directory stays as it is, and the versions are those of the named packages', () => {
  const versions = unpackDebianPackages(directory, { ...selection, expected: ['ovn-central', '26.09'] });
  expect(versions).toEqual(['ovn-central 26.09.0-1', 'ovn-host 26.09.0-1']);
});

it('a suite that has another release by now is refused', () => {
  const unpack = (version: string) =>
    unpackDebianPackages(directory, { ...selection, expected: ['ovn-central', version] });
  expect(() => unpack('26.03')).toThrow('Debian sid has ovn-central 26.09.0-1, not ovn-central 26.03');
  expect(() => unpack('26.0')).toThrow('not ovn-central 26.0');
});
