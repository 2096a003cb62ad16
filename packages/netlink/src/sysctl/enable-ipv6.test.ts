import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { enableIpv6 } from './enable-ipv6.ts';

const namespaces = testNamespaces();

test('a link accepts IPv6 addresses although its namespace disables IPv6 for new links', () => {
  const netns = namespaces.create();
  inNetns(netns, () => writeFileSync('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1'));
  using inside = Rtnetlink.open(netns);
  inside.createVeth({ name: 'eth0', peer: { name: 'eth1' } });
  const add = () => inside.addAddress('eth0', '2001:db8::1/64', { noDad: true });
  expect(add).toThrow(expect.objectContaining({ code: 'EACCES' }));
  enableIpv6(netns, 'eth0');
  add();
  expect(inside.addresses('eth0').map(({ cidr }) => cidr)).toContain('2001:db8::1/64');
});
