import { table } from '../output/table.ts';
import type { ProbeResult } from './receive-probes.ts';

const KEPT =
  'Between these two VMs, OVN kept the frames out. VMs on one hypervisor and on different ones can differ: test both.';
const LEAKED =
  'OVN let frames of that VM into VLANs of this one, past the security groups. docs/security.md says what to do.';

/** The results as text, with a verdict in the last line. */
export function printResults(results: readonly ProbeResult[]): string {
  const rows = results.map(({ name, arrived, sent, expected, ok }) => [
    ok ? '✓' : '✗',
    name,
    `${arrived} of ${sent}`,
    expected,
  ]);
  const verdict = results.every(({ ok }) => ok) ? KEPT : LEAKED;
  return `${table(['', 'FRAMES', 'ARRIVED', 'MUST'], rows)}${verdict}\n`;
}
