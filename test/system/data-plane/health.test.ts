import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess, type Removed } from '../../support/agent-process.ts';
import { Api, type Resource } from '../../support/api.ts';
import { lookAtNic } from '../../support/look-at-nic.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** NICs whose parts in the VM another program changes: scenario 46. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'health';
let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.185.0.0/24');
  const reconcile = { every: 3600, patience: 600 };
  restore = await configureAgent(lab, 'vm-a', { pool: { low: 0, high: 4 }, reconcile });
});
afterAll(async () => {
  await vm.cleanUp();
  await agent.ask('POST', '/v1/pools/drain', {});
  await expectBalancedBooks(lab, 'vm-a', api);
  await restore();
  await api.deleteEmptyNetwork(network);
});

interface Drift {
  /** What the reconciler calls it. */
  readonly kind: string;
  /** Shell commands in the VM; `$end` is the VM's end of the veth pair. */
  readonly cause: string;
  /** Also tried on a NIC that is in a container. */
  readonly isUsedToo?: boolean;
}

const drifts: readonly Drift[] = [
  { kind: 'wrong link', cause: 'ip link set $end down', isUsedToo: true },
  { kind: 'wrong link', cause: 'ip link set $end mtu 1300', isUsedToo: true },
  { kind: 'wrong link', cause: 'ip link add other type bridge; ip link set $end master other' },
  { kind: 'wrong link', cause: 'ip link set "$end"c address 02:00:00:00:00:07' },
  { kind: 'wrong link', cause: 'ip link set "$end"c mtu 1300' },
  {
    kind: 'wrong link',
    cause: 'ip link set $end down; ip link set $end name other; ip link set other up',
    isUsedToo: true,
  },
  { kind: 'wrong link', cause: 'tc qdisc del dev $end clsact', isUsedToo: true },
  { kind: 'broken pair', cause: 'ip link del $end' },
  { kind: 'broken pair', cause: 'ip link set "$end"c name other' },
  { kind: 'unplugged', cause: 'ovs-vsctl del-port $end', isUsedToo: true },
  {
    kind: 'unplugged',
    cause:
      'port=$(ovs-vsctl get port $end _uuid); ovs-vsctl add-br other -- set bridge other datapath_type=netdev' +
      ' -- remove bridge br0 ports $port -- add bridge other ports $port',
    isUsedToo: true,
  },
  { kind: 'wrong VLAN', cause: 'ovs-vsctl set port $end tag=4000', isUsedToo: true },
  { kind: 'wrong VLAN', cause: 'ovs-vsctl clear port $end tag' },
  { kind: 'wrong VLAN', cause: 'ovs-vsctl set port $end vlan_mode=native-untagged trunks=4000' },
  { kind: 'wrong row', cause: 'ovs-vsctl clear port $end external_ids', isUsedToo: true },
  { kind: 'wrong row', cause: 'ovs-vsctl set interface $end external_ids:iface-id=other' },
  { kind: 'wrong row', cause: 'ovs-vsctl --timeout=5 set interface $end mtu_request=1300' },
  { kind: 'wrong row', cause: 'ovs-vsctl --timeout=5 set interface $end type=gre; true', isUsedToo: true },
];
const TIDY = 'ip link del other 2> /dev/null; ovs-vsctl --if-exists del-br other';

const cause = (drift: Drift, end: string) => vm.machine.must(['sh', '-c', `end=${end}; ${drift.cause}`]);
const tidy = () => vm.machine.must(['sh', '-c', TIDY]);
const kindsOf = (findings: readonly { kind?: string }[]) => findings.flatMap(({ kind }) => kind ?? []);

/**
 * Damages a NIC and lets the reconciler find and repair it. Returns the kinds of what it has found: some
 * changes the agent notices, and then it runs a pass without being asked.
 */
async function findAndRepair(drift: Drift, end: string): Promise<string[]> {
  const logged = agent.log().length;
  await cause(drift, end);
  const planned = (await agent.ask('GET', '/v1/gc')) as Removed[];
  await agent.collectGarbage();
  const lines = agent
    .log(logged)
    .split('\n')
    .filter((line) => line.includes('"put right"'));
  return [...kindsOf(planned), ...kindsOf(lines.map((line) => JSON.parse(line)))];
}

describe('scenario 46: a warm NIC', () => {
  /** The VM's end of the only warm NIC. */
  async function warmEnd(): Promise<string> {
    await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: 1 });
    using netlink = vm.machine.netlink();
    const ends = netlink
      .links()
      .filter(({ name, alias }) => alias?.startsWith('ovn-docker ') && netlink.link(`${name}c`));
    expect(ends).toHaveLength(1);
    return ends[0]?.name ?? '';
  }

  it.each(drifts)(
    '$cause: the reconciler names it and repairs it, and no container gets it before',
    async (drift) => {
      const end = await warmEnd();
      const before = await lookAtNic(lab, 'vm-a', end);
      expect(await findAndRepair(drift, end)).toContain(drift.kind);
      await tidy();
      expect(await lookAtNic(lab, 'vm-a', end)).toEqual(before);
      expect(await agent.collectGarbage()).toEqual([]);

      await cause(drift, end);
      // The agent has seen the change of the switch's database.
      await agent.ask('GET', '/v1/gc');
      const id = crypto.randomUUID();
      const nic = (await agent.ask('POST', '/v1/nics', { id, network: NETWORK, name: 'health' })) as {
        vlan: number;
      };
      await tidy();
      const claimed = await lookAtNic(lab, 'vm-a', `ovn-${nic.vlan}`);
      expect(claimed).toEqual({ ...before, claim: id, tag: nic.vlan });
      await agent.ask('DELETE', `/v1/nics/${id}`);
    },
  );
});

describe('scenario 46: a NIC in a container', () => {
  let containers: readonly { readonly id: string; readonly end: string }[];
  let address: string;

  beforeAll(async () => {
    const ids = [await vm.run(NETWORK, '--net=none'), await vm.run(NETWORK)];
    const peer = await vm.run(NETWORK, '--net=none');
    address = (await vm.address(peer)) ?? '';
    const plugged = await pluggedNics(lab, 'vm-a');
    containers = await Promise.all(
      ids.map(async (id) => {
        const query = `network_id=${network.id}&fixed_ips=ip_address=${await vm.address(id)}`;
        const [port] = await api.list('port', query);
        return { id, end: plugged.find(({ portId }) => portId === port?.id)?.interfaceName ?? '' };
      }),
    );
    for (const { id } of containers) await waitFor('an answer', () => vm.pings(id, address));
  });

  it.each(drifts.filter(({ isUsedToo }) => isUsedToo))(
    '$cause: the reconciler names it and repairs it, and the container answers',
    async (drift) => {
      // Of both kinds of containers: of Docker's driver, and of --net=none.
      const { id, end } = containers[drifts.indexOf(drift) % 2] ?? { id: '', end: '' };
      const before = await lookAtNic(lab, 'vm-a', end);
      expect(await findAndRepair(drift, end)).toContain(drift.kind);
      await tidy();
      expect(await lookAtNic(lab, 'vm-a', end)).toEqual(before);
      await waitFor('an answer', () => vm.pings(id, address));
    },
  );
});
