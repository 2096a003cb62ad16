import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { duplicates, echoes, startEcho } from '../../support/echo.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Traffic between containers: scenarios 36 and 37, for containers of both kinds. */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const b = new Vm(lab, 'vm-b');
const NETWORK = 'wire';
const FULL = 'wire-full';
const MTU = 1442;
const KINDS = [
  ['of the driver', []],
  ['with --net=none', ['--net=none']],
] as const;
let api: Api;
let network: Resource;
/**
 * A network with two addresses of each IP version, so that a third container gets the addresses of a removed
 * one.
 */
let full: Resource;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.180.0.0/24');
  await api.create('subnet', { network_id: network.id, cidr: 'fd00:180::/64', ip_version: 6 });
  full = await api.create('network', { name: FULL });
  for (const [cidr, first, last] of [
    ['10.181.0.0/24', '10.181.0.2', '10.181.0.3'],
    ['fd00:181::/64', 'fd00:181::2', 'fd00:181::3'],
  ] as const) {
    const allocation_pools = [{ start: first, end: last }];
    const ip_version = cidr.includes(':') ? 6 : 4;
    await api.create('subnet', { network_id: full.id, cidr, ip_version, allocation_pools });
  }
});
afterAll(async () => {
  for (const { id } of [network, full]) await api.delete('network', id);
});
leavesNoTraces(lab);

/** Runs `work`, then removes all containers and Docker networks. */
async function withContainers(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    for (const vm of [a, b]) {
      await vm.cleanUp();
      await vm.removeNetworks(`name=${NETWORK}`, 'name=mgmt');
    }
  }
}

async function addressesOf(vm: Vm, container: string): Promise<{ v4: string; v6: string }> {
  const output = await vm.docker('exec', container, 'ip', '-o', 'addr', 'show', 'dev', 'eth0');
  const v6 = /inet6 (fd00:[0-9a-f:]+)\//.exec(output)?.[1] ?? '';
  return { v4: (await vm.address(container)) ?? '', v6 };
}

/** Makes a container keep the entries of its neighbor caches for an hour, instead of 15 to 45 s. */
async function rememberNeighbours(vm: Vm, container: string): Promise<void> {
  for (const family of ['ipv4', 'ipv6']) {
    const setting = `net.${family}.neigh.eth0.base_reachable_time_ms=3600000`;
    await inside(vm, container, 'sysctl', '--quiet', '--write', setting);
  }
  for (const [to, mac] of await neighboursOf(vm, container))
    await inside(
      vm,
      container,
      'ip',
      'neigh',
      'replace',
      to,
      'lladdr',
      mac,
      'dev',
      'eth0',
      'nud',
      'reachable',
    );
}

/** The entries of a container's neighbor caches. */
async function neighboursOf(vm: Vm, container: string): Promise<(readonly [ip: string, mac: string])[]> {
  const entries = await inside(vm, container, 'ip', 'neigh', 'show', 'dev', 'eth0');
  const pairs = [...entries.matchAll(/^(\S+) lladdr (\S+)/gm)].map(
    ([, ip = '', mac = '']) => [ip, mac] as const,
  );
  return pairs.toSorted();
}

/** Runs a command of the VM in a container's network namespace. */
async function inside(vm: Vm, container: string, ...command: string[]): Promise<string> {
  const pid = await vm.docker('inspect', '--format', '{{.State.Pid}}', container);
  return vm.machine.must(['nsenter', '--target', pid, '--net', ...command]);
}

/**
 * UDP: small, just fitting the MTU (headers: IPv6 40 bytes, UDP 8), in several fragments. TCP: small, many
 * segments.
 */
const payloads = [
  ['udp', 1],
  ['udp', MTU - 48],
  ['udp', 8000],
  ['tcp', 1],
  ['tcp', 1_000_000],
] as const;

/** Expects that the echo server returns every payload unchanged at each of these addresses. */
async function exchange(vm: Vm, client: string, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    for (const [protocol, size] of payloads) {
      const isWhole = await echoes(vm, client, protocol, host, size);
      expect([protocol, host, size, isWhole]).toEqual([protocol, host, size, true]);
    }
  }
}

describe.each(KINDS)('containers %s', (_, mode) => {
  it('scenario 36: UDP and TCP payloads of every size arrive unchanged through the tunnel', () =>
    withContainers(async () => {
      const [client, server] = [await a.run(NETWORK, ...mode), await b.run(NETWORK, ...mode)];
      const { v4, v6 } = await addressesOf(b, server);
      const end = await startEcho(b, server);
      await exchange(a, client, [v4, v6]).finally(end);
    }));

  it('a new container gets the addresses of a removed one: peers of the removed container reach the new one', () =>
    withContainers(async () => {
      const peer = await b.run(FULL, ...mode);
      const first = await a.run(FULL, ...mode);
      const { v4, v6 } = await addressesOf(a, first);
      for (const to of [v4, v6]) await waitFor('an answer', () => b.pings(peer, to));
      await rememberNeighbours(b, peer);
      const known = await neighboursOf(b, peer);
      await a.remove(first);
      const ports = () => api.list('port', `network_id=${full.id}&fixed_ips=ip_address%3D${v4}`);
      await waitFor('the port to be deleted', async () => (await ports()).length === 0);
      expect(await neighboursOf(b, peer)).toEqual(known);
      const second = await a.run(FULL, ...mode);
      expect(await addressesOf(a, second)).toEqual({ v4, v6 });
      for (const to of [v4, v6]) await waitFor('an answer', () => b.pings(peer, to), 15_000);
    }));

  it('scenario 37: two containers of one VM on one network reach each other through the hypervisor', () =>
    withContainers(async () => {
      const [client, server] = [await a.run(NETWORK, ...mode), await a.run(NETWORK, ...mode)];
      const { v4, v6 } = await addressesOf(a, server);
      const end = await startEcho(a, server);
      await exchange(a, client, [v4, v6]).finally(end);
      // The VM's switch itself does not forward between them: without the hypervisor they do not reach each
      // other.
      const uplink = (state: 'up' | 'down') => a.machine.must(['ip', 'link', 'set', 'eth0', state]);
      await uplink('down');
      const isCutOff = !(await a.pings(client, v4));
      await uplink('up');
      expect(isCutOff).toBe(true);
      await waitFor('an answer', () => a.pings(client, v4));
    }));

  it('scenario 37: a container and its own VM reach each other', () =>
    withContainers(async () => {
      const container = await a.run('mgmt', ...mode);
      const vmAddress = lab.state.vms['vm-a']?.address ?? '';
      await waitFor('an answer from its VM', () => a.pings(container, vmAddress));
      const address = (await a.address(container)) ?? '';
      const ping = ['busybox', 'ping', '-c', '1', '-W', '1', address];
      await waitFor('an answer from the container', async () => (await a.machine.run(ping)).code === 0);
    }));

  it('scenario 37: IPv6: duplicate address detection finds no duplicate, and the address works', () =>
    withContainers(async () => {
      const [client, server] = [await a.run(NETWORK, ...mode), await b.run(NETWORK, ...mode)];
      expect(await duplicates(a, client)).toEqual([]);
      const own = (await addressesOf(a, client)).v6;
      // The agent adds the address without duplicate address detection. Add it again with detection.
      const pid = await a.docker('inspect', '--format', '{{.State.Pid}}', client);
      const ip = (action: 'add' | 'del') => {
        const inside = ['nsenter', '--target', pid, '--net'];
        return a.machine.must([...inside, 'ip', '-6', 'addr', action, `${own}/64`, 'dev', 'eth0']);
      };
      await ip('del');
      await ip('add');
      expect(await duplicates(a, client)).toEqual([]);
      const { v6 } = await addressesOf(b, server);
      await waitFor('an answer', () => a.pings(client, v6));
    }));
});
