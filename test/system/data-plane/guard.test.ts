import { openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { restartDaemon } from '../../support/daemons.ts';
import { flowsOf, GUARD, guardFlowsOf } from '../../support/guard-flows.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** The guard flows of a VM's bridge, and what else keeps a container to its own port. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const NETWORK = 'guard';
const KINDS = [
  ['of the driver', []],
  ['with --net=none', ['--net=none']],
] as const;
let api: Api;
let network: Resource;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.182.0.0/24');
  await api.create('subnet', { network_id: network.id, cidr: 'fd00:182::/64', ip_version: 6 });
});
afterAll(() => api.delete('network', network.id));
leavesNoTraces(lab);

const ofctl = (...words: string[]) => vm.machine.must(['ovs-ofctl', '-O', 'OpenFlow14', ...words]);
const withContainers = async (work: () => Promise<void>) => {
  try {
    await work();
  } finally {
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
};

/** The flow by which frames of a container's own MAC address pass table 0. */
async function passOf(container: string): Promise<string | undefined> {
  const mac = await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address');
  return (await guardFlowsOf(vm)).find((flow) => flow.includes(`dl_src=${mac}`));
}

describe('scenario 49: the guard flows return', () => {
  const FOREIGN = 'table=0,priority=500,cookie=0x77,udp,tp_dst=9,actions=drop';
  const restored = (before: readonly string[]) =>
    waitFor('the guard flows', async () => (await guardFlowsOf(vm)).join() === before.join());

  it('after another program has deleted, altered and added some; flows and ports of others stay', () =>
    withContainers(async () => {
      await vm.run(NETWORK);
      const before = await guardFlowsOf(vm);
      await ofctl('add-flow', 'br0', FOREIGN);
      await vm.machine.must([
        'ovs-vsctl',
        'add-port',
        'br0',
        'other',
        '--',
        'set',
        'interface',
        'other',
        'type=internal',
      ]);
      const others = async () => (await flowsOf(vm)).filter((flow) => !flow.includes('cookie=0x6f766e64'));
      const foreign = await others();
      try {
        await ofctl('del-flows', 'br0', `cookie=${GUARD}`);
        await restored(before);
        await ofctl('mod-flows', 'br0', 'table=231,actions=NORMAL');
        await restored(before);
        await ofctl(
          'add-flow',
          'br0',
          `table=0,priority=60001,cookie=0x6f766e6400000fff,in_port=9,actions=NORMAL`,
        );
        await restored(before);
        // A flow that replaces one of the guard's under its own cookie.
        await ofctl('add-flow', 'br0', 'table=231,priority=0,cookie=0x77,actions=NORMAL');
        await restored(before);
        expect(await others()).toEqual(foreign);
        expect(foreign).toHaveLength(2);
      } finally {
        await vm.machine.must(['ovs-vsctl', 'del-port', 'br0', 'other']);
        await ofctl('del-flows', 'br0', 'cookie=0x77/-1');
      }
    }));

  it('after ovs-vswitchd was restarted', () =>
    withContainers(async () => {
      await vm.run(NETWORK);
      const before = await guardFlowsOf(vm);
      await restartDaemon(lab, 'vm-a', 'openvswitch/ovs-vswitchd');
      await restored(before);
    }));

  it('at the start of an agent, and doctor reports them missing until then', () =>
    withContainers(async () => {
      await vm.run(NETWORK);
      const before = await guardFlowsOf(vm);
      const doctor = async () => {
        const { stdout } = await vm.ovnDocker(['doctor', '--json']);
        const { links } = JSON.parse(stdout) as {
          links: { link: string; state: string; error?: { code: string } }[];
        };
        return links.find(({ link }) => link === 'guard flows');
      };
      expect(await doctor()).toMatchObject({ state: 'good' });
      await vm.machine.stop('agent', 'TERM');
      try {
        expect(await guardFlowsOf(vm)).toEqual(before);
        await ofctl('del-flows', 'br0', 'table=231,icmp6');
        expect(await doctor()).toMatchObject({ state: 'broken', error: { code: 'E_GUARD' } });
      } finally {
        await startAgent(vm.machine);
      }
      await restored(before);
    }));
});

it('scenario 38: a container with the label may serve DHCP; its flows disappear with it', () =>
  withContainers(async () => {
    for (const [, options] of KINDS) {
      const plain = await vm.run(NETWORK, ...options);
      const server = await vm.run(NETWORK, ...options, '--label', 'org.ovn-docker.dhcp-server=true');
      await waitFor('the exemption', async () => (await passOf(server))?.includes('goto_table:231') === true);
      expect(await passOf(plain)).toContain('goto_table:230');
      await vm.remove(server);
    }
    await vm.cleanUp();
    expect((await guardFlowsOf(vm)).filter((flow) => flow.includes('goto_table:231'))).toHaveLength(1);
  }));

it('scenario 38: a port’s allowed MAC addresses may send, and a port without port security may use any', () =>
  withContainers(async () => {
    const option = `neutron.net.name=${NETWORK}`;
    const ranges = ['--subnet', '10.182.0.0/24', '-o', option, '--ipam-opt', option];
    await vm.docker('network', 'create', ...DRIVERS, ...ranges, NETWORK);
    const mac = '00:00:5e:00:01:0a';
    const ports = await Promise.all(
      [
        { allowed_address_pairs: [{ ip_address: '10.182.0.99', mac_address: mac }] },
        { port_security_enabled: false, security_groups: [] },
      ].map((attributes, index) =>
        api.create('port', {
          network_id: network.id,
          fixed_ips: [{ ip_address: `10.182.0.${77 + index}` }],
          ...attributes,
        }),
      ),
    );
    try {
      await vm.dockerRun('--network', NETWORK, '--ip', '10.182.0.77');
      expect((await guardFlowsOf(vm)).join('\n')).toContain(`dl_src=${mac} actions=goto_table:230`);
      await vm.dockerRun('--network', NETWORK, '--ip', '10.182.0.78');
      expect((await guardFlowsOf(vm)).join('\n')).toContain('vlan_tci=0x0000/0x1fff actions=goto_table:232');
    } finally {
      await vm.cleanUp();
      for (const { id } of ports) await api.delete('port', id);
    }
  }));

/** Sends UDP datagrams from no address to everyone, from the source MAC addresses that follow the count. */
const FLOOD = `
import random, socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('eth0', 0))
own = s.getsockname()[4]
ip = bytes.fromhex('450000210000000040117acd00000000ffffffff0fa00fa0000d0000') + b'flood'
for i in range(int(sys.argv[1])):
    src = own if i == 0 else bytes([2]) + random.randbytes(5)
    s.send(b'\\xff' * 6 + src + b'\\x08\\x00' + ip)`;

const LISTEN = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 4000)); print('listening', flush=True)
while True: print(s.recv(100).decode(), flush=True)`;

it('a container’s broadcasts reach no socket of its VM, and invented MAC addresses do not fill the bridge’s table', () =>
  withContainers(async () => {
    const container = await vm.run(NETWORK);
    const pid = await vm.docker('inspect', '--format', '{{.State.Pid}}', container);
    await vm.machine.start('listen', ['python3', '-c', LISTEN]);
    try {
      await vm.machine.waitForLog('listen', 'listening');
      const learned = async () =>
        (await vm.machine.must(['ovs-appctl', 'fdb/show', 'br0'])).split('\n').length;
      const before = await learned();
      await vm.machine.must(['nsenter', '--target', pid, '--net', 'python3', '-c', FLOOD, '1000']);
      const send = `import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'last', ('127.0.0.1', 4000))`;
      await vm.machine.must(['python3', '-c', send]);
      await vm.machine.waitForLog('listen', 'last');
      expect(vm.machine.log('listen')).not.toContain('flood');
      expect(await learned()).toBeLessThan(before + 10);
    } finally {
      await vm.machine.stop('listen', 'KILL');
    }
  }));

it('scenario 38: containers ignore router advertisements, except on a network whose router assigns addresses', async () => {
  const slaac = await api.createNetwork('guard-slaac', '10.183.0.0/24');
  const modes = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
  await api.create('subnet', { network_id: slaac.id, cidr: 'fd00:183::/64', ip_version: 6, ...modes });
  const accepts = (id: string) => vm.docker('exec', id, 'cat', '/proc/sys/net/ipv6/conf/eth0/accept_ra');
  try {
    for (const [, options] of KINDS) {
      const container = await vm.run(NETWORK, ...options);
      await waitFor('accept_ra', async () => (await accepts(container)) === '0');
      expect(await accepts(await vm.run('guard-slaac', ...options))).toBe('1');
    }
  } finally {
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
    await api.delete('network', slaac.id);
  }
});
