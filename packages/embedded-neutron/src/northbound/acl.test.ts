import { describe, expect, test } from 'vitest';
import { aclColumns, aclMatch, dropAcls, protocolNumber } from './acl.ts';
import type { SecurityGroupRule } from './security-groups.ts';

const rule = (attributes: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  id: 'r',
  project_id: 'p',
  description: '',
  tags: [],
  created_at: '',
  updated_at: '',
  revision_number: 0,
  security_group_id: 'aa-bb',
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  ...attributes,
});

describe('the match of a rule', () => {
  test.each<[Partial<SecurityGroupRule>, string]>([
    [{}, 'outport == @pg_aa_bb && ip4'],
    [{ direction: 'egress', ethertype: 'IPv6' }, 'inport == @pg_aa_bb && ip6'],
    [{ remote_ip_prefix: '10.0.0.0/8' }, 'outport == @pg_aa_bb && ip4 && ip4.src == 10.0.0.0/8'],
    [{ remote_ip_prefix: '10.1.2.3/8' }, 'outport == @pg_aa_bb && ip4 && ip4.src == 10.0.0.0/8'],
    [
      { direction: 'egress', remote_group_id: 'cc-dd', ethertype: 'IPv6' },
      'inport == @pg_aa_bb && ip6 && ip6.dst == $pg_cc_dd_ip6',
    ],
    [
      { protocol: 'tcp', port_range_min: 80, port_range_max: 80 },
      'outport == @pg_aa_bb && ip4 && tcp && tcp.dst == 80',
    ],
    [
      { protocol: '17', port_range_min: 1, port_range_max: 9 },
      'outport == @pg_aa_bb && ip4 && udp && udp.dst >= 1 && udp.dst <= 9',
    ],
    [
      { protocol: 'icmp', port_range_min: 8, port_range_max: 0 },
      'outport == @pg_aa_bb && ip4 && icmp4 && icmp4.type == 8 && icmp4.code == 0',
    ],
    [{ protocol: 'icmp', ethertype: 'IPv6' }, 'outport == @pg_aa_bb && ip6 && icmp6'],
    [{ protocol: 'gre' }, 'outport == @pg_aa_bb && ip4 && ip.proto == 47'],
    [{ protocol: 'any' }, 'outport == @pg_aa_bb && ip4'],
  ])('%o', (attributes, match) => {
    expect(aclMatch(rule(attributes))).toBe(match);
  });
});

test('a rule becomes an ACL with direction and action', () => {
  expect(aclColumns(rule({}), true)).toMatchObject({ direction: 'to-lport', action: 'allow-related' });
  expect(aclColumns(rule({ direction: 'egress' }), false)).toMatchObject({
    direction: 'from-lport',
    action: 'allow-stateless',
  });
});

test('the drop ACLs have a lower priority than the rules', () => {
  expect(dropAcls().every((acl) => acl.action === 'drop' && acl.priority < 1002)).toBe(true);
});

test('a protocol name has its IANA number', () => {
  expect(protocolNumber('tcp')).toBe(6);
});
