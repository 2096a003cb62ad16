/**
 * The releases of OVN, each with its Open vSwitch, that a lab can run: Debian 12's own, which is installed on
 * this computer, and those of later Debian releases, which are unpacked beside it. The option `--ovn` and the
 * tests' variable OVN choose one.
 */
export const ovnReleases = ['23.03', '25.03', '26.03'] as const;

export type OvnRelease = (typeof ovnReleases)[number];

/** The release of a lab whose user names none. */
export const DEFAULT_OVN = '23.03' satisfies OvnRelease;

/** The Debian releases of those that this computer does not have. */
export const suites: Readonly<Record<Exclude<OvnRelease, typeof DEFAULT_OVN>, string>> = {
  '25.03': 'trixie',
  '26.03': 'sid',
};
