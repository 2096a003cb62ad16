import { expect, it } from 'vitest';
import { crashesIn, isNear } from './switch-crashes.ts';

/** Log lines of ovs-vswitchd 3.1. */
const LOG = `2026-11-25T22:57:30.100Z|00001|vlog|INFO|opened log file /var/log/openvswitch/ovs-vswitchd.log
2026-11-25T22:58:00.000Z|00002|daemon_unix(monitor)|ERR|1 crashes: pid 27 died, killed (Aborted), core dumped, restarting
2026-11-25T22:58:00.200Z|00003|ovs_numa|INFO|Discovered 2 CPU cores on NUMA node 0
`;

it('returns the times of the crashes in a log', () => {
  expect(crashesIn(LOG)).toEqual([Date.parse('2026-11-25T22:58:00.000Z')]);
  expect(crashesIn('')).toEqual([]);
});

it.each([
  ['2026-11-25T22:57:57Z', false],
  ['2026-11-25T22:57:59Z', true],
  ['2026-11-25T22:58:14Z', true],
  ['2026-11-25T22:58:16Z', false],
])('a frame lost at %s is near the crash: %s', (at, expected) => {
  expect(isNear(Date.parse(at), crashesIn(LOG))).toBe(expected);
});
