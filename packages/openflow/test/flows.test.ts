import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Flow, type FlowChange, type FlowUpdate, type OpenFlow, Port } from '../src/index.ts';
import { Switch } from './support/switch.ts';

const cookie = 0x6d696e65n;
const mine = { cookie: { value: cookie, mask: 0xffff_ffffn } };
const drop = (match: Flow['match'], priority = 20): FlowChange => ({
  add: { table: 0, priority, cookie, match, instructions: {} },
});

let ovs: Switch;
let of: OpenFlow;
beforeAll(async () => {
  ovs = await Switch.start();
});
afterAll(() => ovs[Symbol.asyncDispose]());
beforeEach(async () => {
  ovs.ofctl('del-flows');
  of = await connect({ path: ovs.socket });
  return () => of.close();
});

/** The flows of `ovs-ofctl dump-flows`, without counters. */
const dumped = () =>
  ovs
    .ofctl('dump-flows')
    .split('\n')
    .filter((line) => line.includes('cookie'));

test('every field, action and instruction means to Open vSwitch what its name says', async () => {
  const flow = (match: Flow['match'], instructions: Flow['instructions'] = {}): FlowChange => ({
    add: { table: 7, priority: 5, cookie: 1n, match, instructions },
  });
  const ip = { ethType: 0x0800 };
  const ip6 = { ethType: 0x86dd };
  const samples: [FlowChange, string][] = [
    [flow({ inPort: 5, metadata: { value: 0x10n, mask: 0xf0n } }), 'metadata=0x10/0xf0,in_port=5'],
    [flow({ inPort: Port.local }), 'in_port=LOCAL'],
    [flow({ vlanVid: { value: 0x1000, mask: 0x1000 } }), 'vlan_tci=0x1000/0x1000'],
    [flow({ vlanVid: 0x1000 | 101, vlanPcp: 3 }), 'dl_vlan=101,dl_vlan_pcp=3'],
    [flow({ vlanVid: 0 }), 'vlan_tci=0x0000/0x1fff'],
    [
      flow({
        ethSrc: 'fa:16:3e:00:00:01',
        ethDst: { value: '01:00:00:00:00:00', mask: '01:00:00:00:00:00' },
      }),
      'dl_src=fa:16:3e:00:00:01,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00',
    ],
    [flow({ ...ip, ipProto: 17, udpSrc: 67, udpDst: 68 }), 'udp,tp_src=67,tp_dst=68'],
    [flow({ ...ip, ipProto: 6, tcpSrc: 1, tcpDst: 2 }), 'tcp,tp_src=1,tp_dst=2'],
    [
      flow({ ...ip, ipv4Src: '192.0.2.1', ipv4Dst: { value: '198.51.100.0', mask: '255.255.255.0' } }),
      'ip,nw_src=192.0.2.1,nw_dst=198.51.100.0/24',
    ],
    [flow({ ...ip, ipProto: 1, icmpv4Type: 8, icmpv4Code: 0 }), 'icmp,icmp_type=8,icmp_code=0'],
    [flow({ ...ip, ipFrag: { value: 1, mask: 1 } }), 'ip,nw_frag=yes'],
    [flow({ ...ip6, ipProto: 58, icmpv6Type: 134, icmpv6Code: 0 }), 'icmp6,icmp_type=134,icmp_code=0'],
    [
      flow({ ...ip6, ipProto: 58, icmpv6Type: 136, icmpv6Code: 0, ndTarget: 'fe80::1' }),
      'icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::1',
    ],
    [
      flow({ ...ip6, ipv6Src: { value: 'fe80::', mask: 'ffc0::' }, ipv6Dst: '2001:db8::1' }),
      'ipv6,ipv6_src=fe80::/10,ipv6_dst=2001:db8::1',
    ],
    [
      flow({
        ethType: 0x0806,
        arpOp: 2,
        arpSpa: '192.0.2.1',
        arpTpa: '192.0.2.2',
        arpSha: '02:00:00:00:00:01',
        arpTha: '02:00:00:00:00:02',
      }),
      'arp,arp_spa=192.0.2.1,arp_tpa=192.0.2.2,arp_op=2,arp_sha=02:00:00:00:00:01,arp_tha=02:00:00:00:00:02',
    ],
  ];
  for (const [change, text] of samples) {
    await of.change([{ deleteAll: {} }, change]);
    expect(
      dumped().map(
        (line) =>
          line
            .trim()
            .replace(/ actions=.*/, '')
            .split('priority=5,')[1],
      ),
    ).toEqual([text]);
    expect(await of.flows()).toMatchObject(['add' in change ? change.add : {}]);
  }
  const actions: [Flow['instructions'], string][] = [
    [{}, 'drop'],
    [{ apply: [{ type: 'output', port: Port.normal }] }, 'NORMAL'],
    [
      {
        apply: [
          { type: 'pushVlan', ethType: 0x8100 },
          { type: 'setField', field: 'vlanVid', value: 0x1000 | 101 },
          { type: 'output', port: 3 },
        ],
      },
      'push_vlan:0x8100,set_field:4197->vlan_vid,output:3',
    ],
    [
      { apply: [{ type: 'popVlan' }], writeMetadata: { value: 1n, mask: 3n }, gotoTable: 9 },
      'pop_vlan,write_metadata:0x1/0x3,goto_table:9',
    ],
  ];
  for (const [instructions, text] of actions) {
    const change = flow({ vlanVid: { value: 0x1000, mask: 0x1000 } }, instructions);
    await of.change([{ deleteAll: {} }, change]);
    expect(dumped()[0]).toContain(` actions=${text}`);
    expect(await of.flows()).toMatchObject(['add' in change ? change.add : {}]);
  }
});

test('flows of other programs are neither read by cookie nor deleted by it, and survive being added again', async () => {
  ovs.ofctl('add-flow', 'cookie=0x7,table=0,priority=9,in_port=1,reg0=0x5,actions=learn(table=1),NORMAL');
  const before = dumped();
  await of.change([drop({ inPort: 5 })]);
  expect(await of.flows(mine)).toHaveLength(1);
  await of.change([{ deleteAll: mine }]);
  expect(dumped()).toEqual(before);
  const [foreign] = await of.flows();
  await of.change([{ deleteAll: {} }, { add: foreign as Flow }]);
  expect(dumped()).toEqual(before);
});

test('a change that the switch refuses leaves everything as it was and names the reason', async () => {
  await of.change([drop({ inPort: 1 })]);
  const before = dumped();
  // A match on a UDP port must say that it is UDP.
  const changes = [{ deleteAll: {} }, drop({ inPort: 2 }), drop({ udpSrc: 67 }), drop({ inPort: 3 })];
  await expect(of.change(changes)).rejects.toMatchObject({
    code: 'OPENFLOW_REFUSED',
    message: expect.stringContaining('BAD_MATCH/BAD_PREREQ'),
  });
  expect(dumped()).toEqual(before);
  await of.change([drop({ inPort: 2 })]);
  expect(dumped()).toHaveLength(2);
});

test('a strict delete removes one flow, and deleting what does not exist is no error', async () => {
  await of.change([
    drop({ inPort: 1 }, 20),
    drop({ inPort: 1 }, 21),
    drop({ inPort: 1, ethType: 0x0800 }, 20),
  ]);
  const one: FlowChange = { delete: { table: 0, priority: 20, match: { inPort: 1 } } };
  await of.change([one]);
  await of.change([one, { deleteAll: { table: 3 } }]);
  expect(await of.flows({ match: { inPort: 1 } })).toHaveLength(2);
});

test('thousands of flows arrive in several parts', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => drop({ inPort: index + 1 }));
  await of.change(many);
  expect(await of.flows(mine)).toHaveLength(many.length);
});

test('an answer beyond the limit ends the connection with a clear error', async () => {
  await of.change(Array.from({ length: 1_000 }, (_, index) => drop({ inPort: index + 1 })));
  await using small = await connect({ path: ovs.socket, maxReplyBytes: 50_000 });
  await expect(small.flows()).rejects.toMatchObject({ code: 'OPENFLOW_TOO_LARGE' });
  await expect(small.flows()).rejects.toMatchObject({ code: 'OPENFLOW_TOO_LARGE' });
});

test('a watch reports the changes of others, not those of its own connection', async () => {
  const seen: FlowUpdate[] = [];
  const complete = Promise.withResolvers<void>();
  await of.watch({ table: 0 }, (updates) => {
    seen.push(...updates);
    if (updates.some((update) => update.event === 'removed')) complete.resolve();
  });
  await of.change([drop({ inPort: 1 }), drop({ inPort: 2 })]);
  ovs.ofctl('add-flow', 'cookie=0x7,in_port=9,actions=drop');
  ovs.ofctl('add-flow', 'cookie=0x7,table=1,in_port=9,actions=drop');
  ovs.ofctl('add-flow', `cookie=0x${cookie.toString(16)},priority=20,in_port=1,actions=NORMAL`);
  ovs.ofctl('del-flows', 'in_port=2');
  await complete.promise;
  expect(seen).toMatchObject([
    { event: 'added', flow: { match: { inPort: 9 }, cookie: 7n } },
    { event: 'added', flow: { match: { inPort: 1 }, cookie } },
    { event: 'removed', flow: { match: { inPort: 2 }, cookie } },
  ]);
  await expect(of.watch({}, () => undefined)).rejects.toMatchObject({ code: 'OPENFLOW_INVALID' });
});

test('a bridge without OpenFlow 1.4 is said to be one', async () => {
  ovs.vsctl('set', 'bridge', 'br0', 'protocols=OpenFlow10,OpenFlow13');
  try {
    await expect(connect({ path: ovs.socket })).rejects.toMatchObject({ code: 'OPENFLOW_VERSION' });
  } finally {
    ovs.vsctl('clear', 'bridge', 'br0', 'protocols');
  }
});

test('a switch that dies ends the connection, and a new one has no flows', async () => {
  await of.change([drop({ inPort: 1 })]);
  await ovs.signal('SIGSTOP');
  const interrupted = of.change([drop({ inPort: 2 })]);
  await Promise.all([
    expect(interrupted).rejects.toMatchObject({ code: 'OPENFLOW_CLOSED' }),
    ovs.signal('SIGKILL'),
  ]);
  expect(await of.closed).toMatchObject({ code: 'OPENFLOW_CLOSED' });
  await expect(of.flows()).rejects.toMatchObject({ code: 'OPENFLOW_CLOSED' });
  await expect(connect({ path: ovs.socket })).rejects.toMatchObject({ code: 'OPENFLOW_UNREACHABLE' });
  await ovs.startForwarding();
  await using next = await connect({ path: ovs.socket });
  expect(await next.flows(mine)).toEqual([]);
});

test('a switch that does not answer in time ends the connection', async () => {
  await using hasty = await connect({ path: ovs.socket, timeoutMs: 50 });
  await ovs.signal('SIGSTOP');
  try {
    await expect(hasty.flows()).rejects.toMatchObject({ code: 'OPENFLOW_TIMEOUT' });
    await expect(connect({ path: ovs.socket, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'OPENFLOW_TIMEOUT',
    });
  } finally {
    await ovs.signal('SIGCONT');
  }
});

test('a connection that this client closed says so', async () => {
  await of.close();
  expect(await of.closed).toBeUndefined();
  await expect(of.change([drop({})])).rejects.toMatchObject({ code: 'OPENFLOW_CLOSED' });
});
