/**
 * `npm run test:ovn [-- RELEASE …]`: runs the tests that concern OVN and Open vSwitch on other releases than
 * Debian 12's, by default on OVN 25.03, and prints the table of docs/ovn-releases.md. The exit code is 1 if a
 * test fails.
 */
import { besideInstalled } from '../lab/src/ovn-releases/beside.ts';
import { installOvn } from '../lab/src/ovn-releases/install.ts';
import { type OvnRelease, ovnReleases } from '../lab/src/ovn-releases/ovn-releases.ts';
import type { Outcome } from './outcome-reporter.ts';
import { runVitest } from './run-vitest.ts';

/** The system tests that a release can make fail. */
const SYSTEM = [
  'test/system/cli/main-job.test.ts',
  'test/system/data-plane',
  'test/system/vlans',
  'test/system/tenants',
  'test/system/machine/switch-restarts.test.ts',
  'test/system/machine/reboot.test.ts',
];

const FAULTS = ['test/faults/sibling-bounce.test.ts', 'test/faults/machine-faults.test.ts'];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !ovnReleases.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`test:ovn: unknown: ${unknown.join(', ')}; known: ${ovnReleases.join(', ')}\n`);
  process.exit(2);
}

const rows: string[] = [];
const failures: string[] = [];
for (const release of named.length === 0 ? (['25.03'] as const) : (named as OvnRelease[])) {
  const versions = installOvn(release).join(', ');
  process.stdout.write(`\n=== ${versions}\n`);
  const env = { OVN: release };
  using beside = besideInstalled(release);
  const parts: [string, () => Outcome][] = [
    ['OVSDB client', () => runVitest('ovsdb', beside)],
    ['OpenFlow client', () => runVitest('openflow', beside)],
    ['embedded-neutron', () => runVitest('unit', { ...beside, files: ['packages/embedded-neutron'] })],
    ['system', () => runVitest('system', { env, files: SYSTEM })],
    ['faults', () => runVitest('faults', { env, files: FAULTS })],
  ];
  for (const [part, run] of parts) {
    const started = performance.now();
    const { passed, failed, failures: here } = run();
    const minutes = ((performance.now() - started) / 60_000).toFixed(1);
    rows.push(`| ${release} | ${part} | ${passed} | ${failed} | ${minutes} min |`);
    failures.push(...here.map((failure) => `${release}: ${part}: ${failure}`));
  }
}
for (const failure of failures) process.stdout.write(`\n${failure}\n`);
process.stdout.write(`
| OVN | tests | passed | failed | duration |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`);
process.exitCode = failures.length === 0 ? 0 : 1;
