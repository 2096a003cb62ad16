import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink, setChecksumOffload } from '../rtnetlink.ts';

const namespaces = testNamespaces();

const ethtoolSays = (netns: string): string | undefined =>
  inNetns(netns, () => execFileSync('ethtool', ['-k', 'eth0'], { encoding: 'utf8' })).match(
    /^tx-checksumming: (\w+)/m,
  )?.[1];

test('transmit checksums are switched off and on, as ethtool(8) shows', () => {
  const netns = namespaces.create();
  using rtnl = Rtnetlink.open(netns);
  rtnl.createVeth({ name: 'eth0', peer: { name: 'eth1' } });
  expect([rtnl.checksumOffload('eth0'), ethtoolSays(netns)]).toEqual([true, 'on']);
  setChecksumOffload(netns, 'eth0', false);
  expect([rtnl.checksumOffload('eth0'), ethtoolSays(netns)]).toEqual([false, 'off']);
  rtnl.setChecksumOffload('eth0', true);
  expect([rtnl.checksumOffload('eth0'), ethtoolSays(netns)]).toEqual([true, 'on']);
  expect(rtnl.checksumOffload('eth1')).toBe(true);
});

test('a missing link is an error', () => {
  const error = expect.objectContaining({ code: 'ENODEV', operation: 'set checksum offload of eth0' });
  expect(() => setChecksumOffload(namespaces.create(), 'eth0', false)).toThrow(error);
  expect(() => setChecksumOffload(undefined, 'sixteen-bytes-ab', false)).toThrow(
    expect.objectContaining({ code: 'EINVAL' }),
  );
});
