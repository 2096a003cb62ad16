import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ApiProxy } from '../faults/support/api-proxy.ts';
import { type CloudByProxy, cloudByProxy } from '../faults/support/clouds-by-proxy.ts';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { marksOf } from '../support/port-marks.ts';
import { booksBalance } from '../support/read-books.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** SCENARIOS 1 to 15: VLANs, parents and Neutron, with the agent of VM-A in trunk mode, behind a proxy that can lose answers. */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const b = new Vm(lab, 'vm-b');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'scenarios';
const vifId = lab.state.vms['vm-a']?.portId ?? '';

let api: Api;
let network: Resource;
let proxy: ApiProxy;
let cloud: CloudByProxy;
let restore: () => Promise<void>;
/** NICs of containers that were there before the tests. */
let before: number;

const noPool = { low: 0, high: 0 };
/** The agent of VM-A as all of these tests have it, with what is different for one. Returns what puts the former one back. */
const configure = (change: Readonly<Record<string, unknown>> = {}) =>
  configureAgent(lab, 'vm-a', {
    cloud: cloud.config,
    mode: 'trunk',
    pool: noPool,
    reconcile: { every: 3600, patience: 1 },
    ...change,
  });

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.create('network', { name: NETWORK });
  await api.create('subnet', { network_id: network.id, cidr: '10.170.0.0/24', ip_version: 4 });
  proxy = await ApiProxy.start(lab);
  cloud = cloudByProxy(lab, 'vm-a');
  restore = await configure();
  before = (await agent.nicIds()).length;
});

afterEach(async () => {
  await proxy.reset();
  for (const vm of [a, b]) {
    await vm.cleanUp();
    const made = await vm.docker('network', 'ls', '--quiet', '--filter', `name=${NETWORK}`);
    if (made) await vm.docker('network', 'rm', ...made.split('\n'));
  }
  await inOrder(0);
});

afterAll(async () => {
  await restore();
  cloud.remove();
  await proxy.stop();
  await waitFor('the ports of the network to go', async () => (await ports()).length === 0);
  await api.delete('network', network.id);
});

const ports = () => api.list('port', `network_id=${network.id}`);
const trunks = () => api.list('trunk', `port_id=${vifId}`);
const vlansInUse = async () => (await pluggedNics(lab, 'vm-a')).map(({ vlan }) => vlan);

/** A pass of the reconciler, and then all truths agree; there are `count` NICs more than before the tests. */
async function inOrder(count: number): Promise<void> {
  await agent.claimsAreOld(1000);
  await agent.collectGarbage();
  const found = await agent.collectGarbage();
  expect(found).toEqual([]);
  const { agent: seen } = await booksBalance(lab, 'vm-a', api);
  expect(seen.nics).toHaveLength(before + count);
}

/** A foreign subport: somebody else's software in the same VM has the tag. */
async function foreignSubport(vlan: number): Promise<() => Promise<void>> {
  const port = await api.create('port', { network_id: network.id });
  const [trunk] = await trunks();
  const change = async (action: 'add' | 'remove', body: object) => {
    const answer = await api.call('PUT', `trunks/${trunk?.id}/${action}_subports`, { sub_ports: [body] });
    expect(answer.status).toBe(200);
  };
  await change('add', { port_id: port.id, segmentation_type: 'vlan', segmentation_id: vlan });
  return async () => {
    await change('remove', { port_id: port.id });
    await api.delete('port', port.id);
  };
}

/** `ovn-docker run` of a container that ends at once. */
const runOnce = (name = NETWORK, how = '--net=none') =>
  a.ovnDocker([`--network=${name}`, 'run', '--rm', how, 'busybox:local', 'true']);

interface PoolView {
  readonly network: string;
  readonly warm: number;
  readonly paused?: string;
}
const pool = async (name = NETWORK) =>
  ((await agent.ask('GET', '/v1/pools')) as PoolView[]).find((view) => view.network === name);
const fill = (count: number, name = NETWORK) => agent.ask('POST', `/v1/pools/${name}/fill`, { count });
const drain = () => agent.ask('POST', '/v1/pools/drain', {});
const status = async () =>
  (await agent.ask('GET', '/v1/status')) as { vlans: { used: number; free: number }; draining: number };

it('1. concurrent creates from several clients: no VLAN twice', async () => {
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => a.run(NETWORK, ...(index % 2 ? ['--net=none'] : []))),
  );
  const vlans = await vlansInUse();
  expect(new Set(vlans).size).toBe(vlans.length);
  expect(vlans.length).toBe(before + 10);
  await inOrder(10);
});

it('2. all VLANs are used: a clear error at once, and a released one comes back; 0 and 4095 are never used', async () => {
  // Ports without addresses, of somebody else in the VM, on all VLANs but one.
  const crowd = await api.create('network', { name: 'crowd' });
  await a.run(NETWORK, '--net=none');
  const [trunk] = await trunks();
  await api.call('PUT', `networks/${crowd.id}`, { network: { port_security_enabled: false } });
  const held = new Set((await vlansInUse()).concat(await subportVlans()));
  const free = Array.from({ length: 4094 }, (_, index) => index + 1).filter((vlan) => !held.has(vlan));
  const last = free.pop();
  const bodies = free.map(() => ({ network_id: crowd.id }));
  const created: string[] = [];
  for (let from = 0; from < bodies.length; from += 500) {
    const { body } = await api.call('POST', 'ports', { ports: bodies.slice(from, from + 500) });
    created.push(...(body['ports'] as Resource[]).map(({ id }) => id));
  }
  const subports = created.map((port_id, index) => ({
    port_id,
    segmentation_type: 'vlan',
    segmentation_id: free[index],
  }));
  try {
    const added = await api.call('PUT', `trunks/${trunk?.id}/add_subports`, { sub_ports: subports });
    expect(added.status).toBe(200);
    await agent.collectGarbage();
    expect((await status()).vlans).toEqual({ used: 4093, free: 1 });
    const id = await a.run(NETWORK, '--net=none');
    expect(await vlansInUse()).toContain(last);
    const refused = await runOnce();
    expect([refused.code, refused.stderr]).toEqual([
      expect.any(Number),
      expect.stringContaining('E_VLANS_EXHAUSTED'),
    ]);
    expect(refused.code).not.toBe(0);
    await a.remove(id);
    await waitFor('the VLAN to come back', async () => (await status()).vlans.free === 1);
    expect(await runOnce()).toMatchObject({ code: 0 });
  } finally {
    const refs = subports.map(({ port_id }) => ({ port_id }));
    await api.call('PUT', `trunks/${trunk?.id}/remove_subports`, { sub_ports: refs });
    await api.callAll(created.map((id) => ['DELETE', `ports/${id}`] as const));
    await api.delete('network', crowd.id);
  }
}, 300_000);

const subportVlans = async () =>
  (await trunks()).flatMap(({ sub_ports }) =>
    (sub_ports as { segmentation_id: number }[]).map(({ segmentation_id }) => segmentation_id),
  );

it('3. somebody else holds the tag on the trunk: the next one is taken', async () => {
  await a.run(NETWORK, '--net=none');
  await agent.restart();
  const used = new Set([...(await subportVlans()), ...(await vlansInUse())]);
  // An agent that has just started takes the lowest ones first.
  const free = Array.from({ length: 99 }, (_, index) => index + 1).filter((vlan) => !used.has(vlan));
  const [taken = 0, next] = free;
  const remove = await foreignSubport(taken);
  try {
    await proxy.forgetCalls();
    await a.run(NETWORK, '--net=none');
    const vlans = await vlansInUse();
    expect([vlans.includes(taken), vlans.includes(next)]).toEqual([false, true]);
    const refused = (await proxy.calls()).filter(({ path }) => path.endsWith('/add_subports'));
    expect(refused.length).toBeGreaterThan(1);
    // From the reconciler's next pass on, the agent knows of it.
    await agent.collectGarbage();
    const books = await booksBalance(lab, 'vm-a', api, { foreignVlans: [taken] });
    expect(books.agent.nics).toHaveLength(before + 2);
  } finally {
    await remove();
  }
});

it('4. a tag is free when Neutron has confirmed that the subport is gone, not before', async () => {
  const id = await a.run(NETWORK, '--net=none');
  const { used } = (await status()).vlans;
  const rule = await proxy.on({
    method: 'PUT',
    path: '/remove_subports$',
    times: 1,
    fault: { kind: 'hang' },
  });
  await a.remove(id);
  await rule.hit();
  expect(await pluggedNics(lab, 'vm-a')).toHaveLength(before);
  expect([(await status()).vlans.used, (await status()).draining]).toEqual([used, 1]);
  await rule.release();
  await waitFor('the VLAN to be free', async () => (await status()).vlans.used === used - 1);
});

it('6. the trunk is deleted while a container runs: it is made anew, with what belongs on it', async () => {
  const [here, there] = [await a.run(NETWORK, '--net=none'), await b.run(NETWORK, '--net=none')];
  const address = (await b.address(there)) ?? '';
  await waitFor('an answer', () => a.pings(here, address));
  const [trunk] = await trunks();
  // Neutron itself keeps the parent from being deleted.
  expect((await api.call('DELETE', `ports/${vifId}`)).status).toBe(409);
  await api.delete('trunk', trunk?.id ?? '');
  await waitFor('the container to be cut off', async () => !(await a.pings(here, address)));
  const [found] = await agent.collectGarbage();
  expect(found).toMatchObject({ kind: 'lost subport' });
  await waitFor('an answer', () => a.pings(here, address));
  await inOrder(1);
});

it('7. POST timed out but was carried out: found again, not made twice', async () => {
  const rule = await proxy.on({
    method: 'POST',
    path: '^/v2.0/ports',
    times: 1,
    fault: { kind: 'cut', moment: 'after' },
  });
  const count = (await ports()).length;
  await a.run(NETWORK);
  await rule.hit();
  expect(await ports()).toHaveLength(count + 1);
  await inOrder(1);
});

it.each([
  ['DuplicateSubPort', undefined],
  ['TrunkPortInUse', 'E_API_FAILED'],
  ['ParentPortInUse', 'E_API_FAILED'],
  ['PortInUse', 'E_API_FAILED'],
  ['TrunkDisabled', 'E_TRUNK'],
  ['TrunkInErrorState', 'E_TRUNK'],
  ['SubPortMtuGreaterThanTrunkPortMtu', 'E_MTU'],
  ['OverQuota', 'E_QUOTA'],
])('8. 409 has many meanings: %s is %s', async (type, code) => {
  const body = { NeutronError: { type, message: 'as the proxy says', detail: '' } };
  const fault = { kind: 'answer', status: 409, body } as const;
  const rule = await proxy.on({ path: '/add_subports$', times: 1, fault });
  const result = await runOnce();
  await rule.hit();
  if (code === undefined) expect(result).toMatchObject({ code: 0 });
  else expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(`[${code}]`)]);
});

it('9. quota reached in the middle of a bulk, 500, 503, 429, and a token that expires: the pool is filled all the same', async () => {
  const quota = { NeutronError: { type: 'OverQuota', message: 'as the proxy says', detail: '' } };
  const answers = [
    { status: 409, body: quota },
    { status: 500 },
    { status: 503, headers: { 'retry-after': '1' } },
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 401 },
  ];
  try {
    for (const [index, answer] of answers.entries()) {
      const fault = { kind: 'answer', ...answer } as const;
      const rule = await proxy.on({ method: 'POST', path: '^/v2.0/ports', times: 1, fault });
      await fill((index + 1) * 4);
      await rule.hit();
      expect([answer.status, (await pool())?.warm]).toEqual([answer.status, (index + 1) * 4]);
    }
    await inOrder(answers.length * 4);
  } finally {
    await drain();
  }
});

it('10. remove_subports is refused as a whole because one is gone already: all go', async () => {
  await fill(4);
  const [trunk] = await trunks();
  const [one] = ((trunk?.['sub_ports'] ?? []) as { port_id: string }[]).slice(-1);
  const removed = await api.call('PUT', `trunks/${trunk?.id}/remove_subports`, {
    sub_ports: [{ port_id: one?.port_id }],
  });
  expect(removed.status).toBe(200);
  await drain();
  expect(await status()).toMatchObject({ draining: 0 });
  await inOrder(0);
});

it('11. a subnet without addresses left does not stall other networks', async () => {
  const small = await api.create('network', { name: 'small' });
  await api.create('subnet', { network_id: small.id, cidr: '10.171.0.0/30', ip_version: 4 });
  try {
    const id = await a.run('small', '--net=none');
    const [refused, other] = await Promise.all([runOnce('small'), runOnce()]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('E_SUBNET_EXHAUSTED')]);
    expect(other).toMatchObject({ code: 0 });
    await Promise.all([fill(2, 'small'), fill(2)]);
    expect([(await pool('small'))?.warm, (await pool())?.warm]).toEqual([0, 2]);
    expect((await pool('small'))?.paused).toContain('addresses of 10.171.0.0/30');
    await a.remove(id);
  } finally {
    await drain();
    await waitFor(
      'the port to go',
      async () => (await api.list('port', `network_id=${small.id}`)).length === 0,
    );
    await api.delete('network', small.id);
  }
});

it('12. a port that others deleted or changed while it was warm or in use is not given to anybody', async () => {
  const back = await configure({ pool: { low: 0, high: 4 } });
  try {
    await fill(3);
    const [trunk] = await trunks();
    const warm = (await ports()).filter((port) => marksOf(port).includes('ovn-docker:plain'));
    const [gone, changed] = warm;
    await api.call('PUT', `trunks/${trunk?.id}/remove_subports`, { sub_ports: [{ port_id: gone?.id }] });
    await api.delete('port', gone?.id ?? '');
    await api.call('PUT', `ports/${changed?.id}`, { port: { security_groups: [] } });
    const found = await agent.collectGarbage();
    expect(found.map(({ kind }) => kind).toSorted()).toEqual(['changed port', 'lost port']);
    expect((await pool())?.warm).toBe(1);

    const id = await a.run(NETWORK, '--net=none');
    const inUse = (await ports()).filter((port) => marksOf(port).includes('ovn-docker:plain'));
    expect(inUse).toHaveLength(1);
    await api.call('PUT', `ports/${inUse[0]?.id}`, { port: { security_groups: [] } });
    await agent.collectGarbage();
    await a.remove(id);
    await waitFor('the port to go', async () => (await ports()).every((port) => port.id !== inUse[0]?.id));
    expect((await pool())?.warm).toBe(0);
  } finally {
    await drain();
    await back();
  }
});

it('13. a port is no device before it is a subport', async () => {
  // What Neutron refuses otherwise (409 PortInUse), it would refuse here.
  const rule = await proxy.on({ method: 'PUT', path: '/add_subports$', times: 1, fault: { kind: 'hang' } });
  const count = (await ports()).length;
  const running = a.run(NETWORK, '--net=none');
  await rule.hit();
  const all = await ports();
  const made = all.filter(({ tags, device_owner }) => device_owner === '' && (tags as string[]).length > 0);
  expect([all.length, made.map(({ device_id }) => device_id)]).toEqual([count + 1, ['']]);
  await rule.release();
  await running;
});

it('14. Neutron away: containers start from the warm pool, end at once, and are finished when it is back', async () => {
  const back = await configure({ pool: { low: 0, high: 4 } });
  try {
    const id = await a.run(NETWORK);
    await fill(2);
    const peer = await b.run(NETWORK, '--net=none');
    const address = (await b.address(peer)) ?? '';
    await proxy.stop();
    const [none, driver] = [await a.run(NETWORK, '--net=none'), await a.dockerRun('--network', NETWORK)];
    for (const container of [none, driver]) await waitFor('an answer', () => a.pings(container, address));
    // No warm one is left, and Neutron cannot be asked.
    expect((await runOnce()).stderr).toContain('E_API_UNREACHABLE');
    const plugged = (await pluggedNics(lab, 'vm-a')).length;
    await agent.ask('POST', '/v1/pools/drain', {});
    await a.remove(none, driver, id);
    await waitFor('the NICs to go here', async () => (await pluggedNics(lab, 'vm-a')).length === plugged - 3);
    await proxy.resume();
    await drain();
    await waitFor('the releases to be finished', async () => (await status()).draining === 0);
  } finally {
    await proxy.resume().catch(() => undefined);
    await drain();
    await back();
  }
});

it('15. a network with a SLAAC subnet: ports are made singly, not in bulk', async () => {
  const both = await api.create('network', { name: 'slaac' });
  await api.create('subnet', { network_id: both.id, cidr: '10.172.0.0/24', ip_version: 4 });
  const modes = { ipv6_address_mode: 'slaac', ipv6_ra_mode: 'slaac' };
  await api.create('subnet', { network_id: both.id, cidr: 'fd00:172::/64', ip_version: 6, ...modes });
  try {
    await proxy.forgetCalls();
    await fill(3, 'slaac');
    expect([(await pool('slaac'))?.warm, (await proxy.counts())['POST /v2.0/ports']]).toEqual([3, 3]);
    expect(await runOnce('slaac')).toMatchObject({ code: 0 });
  } finally {
    await drain();
    await waitFor(
      'the ports to go',
      async () => (await api.list('port', `network_id=${both.id}`)).length === 0,
    );
    await api.delete('network', both.id);
  }
});
