import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { ApiProxy } from '../support/faults/api-proxy.ts';
import { type CloudByProxy, cloudByProxy } from '../support/faults/clouds-by-proxy.ts';
import type { Fault } from '../support/faults/proxy/rules.ts';
import { containerOf } from '../support/faults/victim.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * Faults at the call that creates the VM's trunk for its first container. The tests run in VM-C, which has no
 * trunk and no other containers on one.
 */
const lab = openLab(LAB);
const c = new Vm(lab, 'vm-c');
const agent = new AgentProcess(lab, 'vm-c');
const NETWORK = 'trunk-faults';
const victim = containerOf(c, ['ovn-docker', `--network=${NETWORK}`, 'run', '--net=none']);
let api: Api;
let network: Resource;
let proxy: ApiProxy;
let cloud: CloudByProxy;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
  network = await api.createNetwork(NETWORK, '10.168.0.0/24');
  proxy = await ApiProxy.start(lab);
  cloud = cloudByProxy(lab, 'vm-c');
  restore = await configureAgent(lab, 'vm-c', {
    cloud: cloud.config,
    mode: 'trunk',
    pool: { low: 0, high: 0 },
    reconcile: { every: 3600, patience: 1 },
  });
});
afterAll(async () => {
  await restore();
  cloud.remove();
  await proxy.stop();
  await api.delete('network', network.id);
});

const trunks = () => api.list('trunk', `port_id=${lab.state.vms['vm-c']?.portId}`);

it.each<[string, Fault]>([
  ['cut before', { kind: 'cut', moment: 'before' }],
  ['cut after', { kind: 'cut', moment: 'after' }],
  ['duplicated, first answer', { kind: 'duplicate', answer: 'first' }],
  ['duplicated, second answer', { kind: 'duplicate', answer: 'second' }],
  ['500', { kind: 'answer', status: 500 }],
])('POST trunk: %s', async (_, fault) => {
  expect(await trunks()).toEqual([]);
  const rule = await proxy.addRule({ method: 'POST', path: '^/v2.0/trunks', times: 1, fault });
  await victim.tryToMake();
  await rule.hit();
  await proxy.reset();
  await victim.remove();
  // Whatever the first call left, the next container starts.
  await victim.make();
  const { agent: seen } = await expectBalancedBooks(lab, 'vm-c', api);
  expect([seen.nics.length, (await trunks()).length]).toEqual([1, 1]);
  await victim.remove();
  await waitFor('its NIC to be removed', () => agent.hasOnly([]));
  await agent.waitForOldClaims(1000);
  expect(await agent.collectGarbage()).toEqual([]);
  expect(await api.list('port', `network_id=${network.id}`)).toEqual([]);
  for (const { id } of await trunks()) await api.delete('trunk', id);
  // A new agent, which knows that there is no trunk.
  await agent.restart();
});
