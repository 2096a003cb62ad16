import { join } from 'node:path';
import { unpackDebianPackages } from '../debian-packages.ts';
import { repository } from '../layout.ts';
import { DEFAULT_OVN, type OvnRelease, suites } from './ovn-releases.ts';

const PACKAGES = ['openvswitch-switch', 'ovn-central', 'ovn-host'] as const;

/** Path of an unpacked release. All labs of this clone share it, and `down` keeps it. */
export const rootOf = (release: OvnRelease) => join(repository, '.tools', 'ovn', release);

/**
 * Unpacks a release with its dependencies, if this clone does not have it yet. Returns the versions of its
 * packages, such as `ovn-central 25.03.0-1`; an empty list for this computer's own release.
 * @throws LabError `LAB_INSTALL`, also if the Debian release has another OVN by now
 */
export function installOvn(release: OvnRelease): string[] {
  if (release === DEFAULT_OVN) return [];
  return unpackDebianPackages(rootOf(release), {
    suite: suites[release],
    packages: PACKAGES,
    expected: ['ovn-central', release],
    dependencies: true,
  });
}
