import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createNetns, deleteNetns, inNetns, Rtnetlink } from '@ovn-docker/netlink';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { claimOne, createWarmWorld } from '../../../test/support/warm-world.ts';
import type { World } from '../../../test/support/world.ts';
import type { Claim, PluggedNic } from '../../nics/nic.ts';
import { PROBE_CHANNEL, type ProbeEvent } from '../../observe/probe-events.ts';
import { Prober } from './prober.ts';

// Real namespaces: the container's, and that of its gateway.
const names = { container: `probe-${process.pid}-c`, gateway: `probe-${process.pid}-g` };
const TIMES = { everyMs: 50, paceMs: 1, againMs: 1 };
let netns: Record<keyof typeof names, string>;
let world: World;
let nic: PluggedNic;
let prober: Prober;
const events: ProbeEvent[] = [];
const onProbe = (event: unknown) => void events.push(event as ProbeEvent);

beforeEach(async () => {
  netns = { container: createNetns(names.container), gateway: createNetns(names.gateway) };
  world = await createWarmWorld(2);
  nic = await claimOne(world);
  nic.place = { netns: netns.container, interfaceName: 'eth0' };
  using inside = Rtnetlink.open(netns.container);
  using outside = Rtnetlink.open(netns.gateway);
  const peer = { name: 'eth1', netns: netns.gateway };
  inside.createVeth({ name: 'eth0', mac: nic.port.mac_address, up: true, peer });
  for (const end of [inside, outside]) end.setLink('lo', { up: true });
  outside.setLink('eth1', { up: true });
  inside.addAddress('eth0', `${address()}/24`);
  outside.addAddress('eth1', '10.0.0.1/24');
  events.length = 0;
  subscribe(PROBE_CHANNEL, onProbe);
  prober = new Prober(world.engine, TIMES);
});
afterEach(() => {
  prober[Symbol.dispose]();
  unsubscribe(PROBE_CHANNEL, onProbe);
  for (const name of Object.values(names)) deleteNetns(name);
});

const address = () => nic.port.fixed_ips[0]?.ip_address ?? '';
const container = (label: string) => ({ id: 'c-1', label, nics: [{ nic, claim: nic.claim as Claim }] });
const result = (expected: object) =>
  vi.waitFor(() => expect(prober.resultOf(nic)).toMatchObject(expected), { timeout: 10_000, interval: 5 });

it('a gateway that answers passes; when the path is cut, the probe fails, and passes again later', async () => {
  prober.add(container('gateway'));
  expect(prober.resultOf(nic)).toMatchObject({ probe: 'gateway' });
  await result({ passed: true, from: 'container' });
  const { at } = prober.resultOf(nic) ?? {};
  await vi.waitFor(() => expect(prober.resultOf(nic)?.at).not.toBe(at), 5000);
  using outside = Rtnetlink.open(netns.gateway);
  outside.deleteAddress('eth1', '10.0.0.1/24');
  await result({ passed: false, error: 'the gateway 10.0.0.1 does not answer' });
  outside.addAddress('eth1', '10.0.0.1/24');
  await result({ passed: true });
  // One event for each change, and none for equal results in between.
  const about = { container: 'c-1', network: 'net', probe: 'gateway' };
  expect(events).toEqual([
    { ...about, passed: true },
    { ...about, passed: false, error: 'the gateway 10.0.0.1 does not answer' },
    { ...about, passed: true },
  ]);
});

it('without a NIC for probes, connects from inside the container, and leaves the pool as it was', async () => {
  const program = `require('node:http').createServer((asked, answer) =>
    answer.writeHead(asked.url === '/good' ? 204 : 500).end()).listen(8080, '::', () => console.log('ready'))`;
  const server = inNetns(netns.container, () => spawn(process.execPath, ['-e', program]));
  onTestFinished(() => void server.kill());
  await once(server.stdout, 'data');
  // The world's veth pairs are not in the kernel: the NIC of the outpost cannot enter a namespace.
  prober.add(container('tcp:8080'));
  await result({ passed: true, from: 'container' });
  await vi.waitFor(() => expect(world.pool.warm).toBe(1));
  prober.replace([container('tcp:8081')]);
  await result({ probe: 'tcp:8081', passed: false, error: expect.stringContaining('ECONNREFUSED') });
  prober.replace([container('http:8080/good')]);
  await result({ probe: 'http:8080/good', passed: true });
  prober.replace([container('http:8080/bad')]);
  await result({ probe: 'http:8080/bad', passed: false, error: 'HTTP status 500' });
});

it('a server that accepts and says nothing fails an HTTP probe', async () => {
  const program = `require('node:net').createServer(() => {}).listen(8080, '::', () => console.log('ready'))`;
  const server = inNetns(netns.container, () => spawn(process.execPath, ['-e', program]));
  onTestFinished(() => void server.kill());
  await once(server.stdout, 'data');
  prober.add(container('http:8080/'));
  await result({ passed: false, error: 'no answer in 2 s' });
});

it('ends with the container, with its claim, and without a readable label', async () => {
  prober.add(container('gateway'));
  await result({ passed: true });
  prober.remove('c-1');
  expect(prober.resultOf(nic)).toBeUndefined();
  prober.add(container('gateways'));
  expect(prober.resultOf(nic)).toBeUndefined();
  prober.add(container('gateway'));
  nic.claim = { ...(nic.claim as Claim) };
  expect(prober.resultOf(nic)).toBeUndefined();
});

it('a NIC that is on no network with a gateway, and a container that is gone, fail with the reason', async () => {
  nic.target = { ...nic.target, subnets: nic.target.subnets.map((each) => ({ ...each, gateway_ip: null })) };
  prober.add(container('gateway'));
  await result({ passed: false, error: 'no subnet of its network has a gateway' });
});
