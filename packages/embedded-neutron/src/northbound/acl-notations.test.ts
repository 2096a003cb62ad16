import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNorthd, type TestNorthd } from '../../test/support/northd.ts';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';
import { remotePrefix } from '../resources/security-group/attributes.ts';

/** OVN's own parser, which ovn-trace calls for every flow of a network, reads the ACLs of rules. */
let cloud: TestCloud;
let northd: TestNorthd;
let port: { readonly id: string; readonly mac_address: string };
let group: string;

beforeAll(async () => {
  cloud = await startCloud();
  northd = await startNorthd(cloud.nb);
  const network_id = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
  group = idOf(await cloud.call('alice', 'POST', 'security-groups', { security_group: {} }));
  const made = await cloud.call('alice', 'POST', 'ports', {
    port: { network_id, security_groups: [group] },
  });
  if (!made.body.port) throw new Error(JSON.stringify(made.body));
  port = made.body.port;
});
afterAll(async () => {
  await northd[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
});

const byte = fc.oneof(fc.constantFrom(0, 1, 10, 127, 255), fc.nat(255));
const group16 = fc.oneof(fc.constantFrom(0, 0, 1, 0xffff), fc.nat(0xffff));
const four = fc
  .tuple(fc.array(byte, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '0', '00'))
  .map(([bytes, zeros]) => bytes.map((each) => zeros + each).join('.'));
const eight = fc.array(group16, { minLength: 8, maxLength: 8 });
const six = fc.oneof(
  eight.map((groups) => groups.map((each) => each.toString(16)).join(':')),
  eight.map((groups) => groups.map((each) => each.toString(16).padStart(4, '0').toUpperCase()).join(':')),
  // Zeros compressed anywhere.
  fc.tuple(eight, fc.nat(6), fc.integer({ min: 1, max: 7 })).map(([groups, at, count]) => {
    const texts = groups.map((each) => each.toString(16));
    return `${texts.slice(0, at).join(':')}::${texts.slice(Math.min(8, at + count)).join(':')}`;
  }),
  // IPv4 addresses in IPv6 ones: mapped, compatible, translated (RFC 4291 section 2.5.5, RFC 6052).
  fc
    .tuple(fc.constantFrom('::ffff:', '::', '64:ff9b::', '::FFFF:0:', '0:0:0:0:0:ffff:'), four)
    .map((each) => each.join('')),
);
const length = fc.oneof(
  fc.constantFrom('', '/0', '/32', '/33', '/128', '/129', '/-1', '/+8', '/ 8', '/08', '/', '/24/24', '/1e1'),
  fc.nat(128).map((bits) => `/${bits}`),
  fc.constantFrom('/255.255.0.0', '/0.0.0.255', '/255.0.255.0', '/ffff:ffff::', '/::ffff', '/::'),
);
const around = fc.constantFrom(
  ['', ''],
  ['', ''],
  ['', ''],
  [' ', '\n'],
  ['', '%eth0'],
  ['[', ']'],
  ['', ' || 1'],
  ['', ', 10.0.0.1'],
  ['{', '}'],
  ['$', ''],
  ['0x', ''],
  ['', '\u0661'],
);
const notation = fc
  .tuple(around, fc.oneof(four, six), length, fc.boolean())
  .map(([[before, after], address, bits, isInside]) =>
    isInside ? `${before}${address}${after}${bits}` : `${before}${address}${bits}${after}`,
  );

/** The prefixes whose notation the API accepts. */
const isAccepted = (text: string): boolean => {
  try {
    return remotePrefix(text) !== null;
  } catch {
    return false;
  }
};
const traceOnce = () =>
  northd.trace(
    `inport == "${port.id}" && eth.src == ${port.mac_address} && ip4.src == 10.0.0.1 && ip.ttl == 9`,
  );

test('OVN can parse the ACL of every prefix that the API accepts', { timeout: 120_000 }, async () => {
  const odd = [
    '0.0.0.0/0',
    '::/0',
    '::ffff:10.0.0.1',
    '::ffff:10.0.0.1/96',
    '10.0.0.1/8',
    '::1/0',
    '0/0',
    'fe80::1/10',
  ];
  const accepted = [...odd, ...fc.sample(notation, { numRuns: 4000, seed: 19 })]
    .filter(isAccepted)
    .slice(0, 300);
  expect(accepted.slice(0, odd.length)).toEqual(odd);
  expect(accepted.length).toBe(300);
  const rules = accepted.map((remote_ip_prefix, index) => ({
    security_group_id: group,
    direction: index % 2 === 0 ? 'ingress' : 'egress',
    ethertype: remote_ip_prefix.includes(':') ? 'IPv6' : 'IPv4',
    remote_ip_prefix,
    protocol: 'tcp',
    port_range_min: index + 1,
    port_range_max: index + 1,
  }));
  const made = await cloud.call('alice', 'POST', 'security-group-rules', { security_group_rules: rules });
  expect([made.status, made.body.NeutronError]).toEqual([201, undefined]);
  traceOnce();
});

test('the test would notice an ACL that OVN cannot parse', () => {
  const name = `pg_${group.replaceAll('-', '_')}`;
  cloud.nb.nbctl(
    'acl-add',
    name,
    'to-lport',
    '1002',
    `outport == @${name} && ip4.src == 10.0.0.0/33`,
    'allow',
  );
  expect(traceOnce).toThrow('10.0.0.0/33');
});
