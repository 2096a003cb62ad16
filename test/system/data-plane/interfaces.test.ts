import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess } from '../../support/agent-process.ts';
import { Api, type Resource } from '../../support/api.ts';
import { dockerId, Plugin } from '../../support/plugin.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Veth pairs that disappear, and interface names that must not clash: scenarios 34 and 35. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'links';
const SUBNET = '10.184.0.0/24';
const POOL = `cidr/${SUBNET}`;
let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.183.0.0/24');
  restore = await configureAgent(lab, 'vm-a', {
    pool: { low: 0, high: 4 },
    reconcile: { every: 3600, patience: 1 },
  });
});
afterEach(async () => {
  await vm.cleanUp();
  await vm.removeNetworks(`name=${NETWORK}`);
  await agent.ask('POST', '/v1/pools/drain', {});
  await expectBalancedBooks(lab, 'vm-a', api);
});
afterAll(async () => {
  await restore();
  await api.deleteEmptyNetwork(network);
});

/** Deletes the VM's end of the veth pair of the container with that address. */
async function deletePair(address: string | undefined): Promise<void> {
  const [port] = await api.list('port', `network_id=${network.id}&fixed_ips=ip_address=${address}`);
  const nic = (await pluggedNics(lab, 'vm-a')).find(({ portId }) => portId === port?.id);
  using netlink = vm.machine.netlink();
  netlink.deleteLink(nic?.interfaceName ?? '');
}

it('scenario 34: the veth pair of a --net=none container is deleted: the container gets a new pair with the same name', async () => {
  const [one, other] = [await vm.run(NETWORK, '--net=none'), await vm.run(NETWORK, '--net=none')];
  const address = (await vm.address(other)) ?? '';
  await waitFor('an answer', () => vm.pings(one, address));
  await deletePair(await vm.address(one));
  const repaired = await agent.collectGarbage();
  expect(repaired).toEqual([expect.objectContaining({ kind: 'broken pair' })]);
  await waitFor('eth0', () => vm.address(one));
  // If the row had stayed, ovs-vswitchd would keep using the deleted interface of the same name.
  await waitFor('an answer', () => vm.pings(one, address));
  expect(await agent.collectGarbage()).toEqual([]);
});

it('scenario 34: the veth pair of a driver’s container is deleted: gc --plan reports it, and a restart repairs it', async () => {
  const [one, other] = [await vm.run(NETWORK), await vm.run(NETWORK)];
  const address = (await vm.address(other)) ?? '';
  await waitFor('an answer', () => vm.pings(one, address));
  await deletePair(await vm.address(one));
  const plan = (await vm.ovnDocker(['gc', '--plan'])).stdout;
  expect(plan).toContain('start it again');
  await vm.docker('restart', one);
  await waitFor('an answer', () => vm.pings(one, address));
  expect(await agent.collectGarbage()).toEqual([]);
});

it('scenario 34: the veth pair of a warm NIC is deleted: no container gets the NIC before it is repaired', async () => {
  await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: 1 });
  using netlink = vm.machine.netlink();
  const warm = netlink
    .links()
    .find(({ name, alias }) => alias?.startsWith('ovn-docker ') && netlink.link(`${name}c`));
  netlink.deleteLink(warm?.name ?? '');
  const repaired = await agent.collectGarbage();
  expect(repaired).toEqual([expect.objectContaining({ kind: 'broken pair' })]);
  const [one, other] = [await vm.run(NETWORK, '--net=none'), await vm.run(NETWORK, '--net=none')];
  const address = (await vm.address(other)) ?? '';
  await waitFor('an answer', () => vm.pings(one, address));
});

it('scenario 35: two endpoints whose ids have the same first 11 characters get different interfaces', async () => {
  const options = [...DRIVERS, '--subnet', SUBNET];
  const id = await vm.docker('network', 'create', ...options, NETWORK);
  const plugin = new Plugin(vm.machine);
  const first = dockerId();
  const endpoints = [first, `${first.slice(0, 11)}${dockerId().slice(11)}`];
  const addresses: string[] = [];
  const names: string[] = [];
  for (const endpoint of endpoints) {
    const Address = await plugin.requestAddress(POOL);
    await plugin.createEndpoint(id, endpoint, { Address });
    const { InterfaceName } = await plugin.join(id, endpoint);
    names.push((InterfaceName as { SrcName: string }).SrcName);
    addresses.push(Address);
  }
  expect(new Set(names).size).toBe(2);
  using netlink = vm.machine.netlink();
  expect(names.map((name) => netlink.link(name)?.name)).toEqual(names);
  for (const endpoint of endpoints) await plugin.deleteEndpoint(id, endpoint);
  for (const address of addresses) await plugin.releaseAddress(POOL, address);
});
