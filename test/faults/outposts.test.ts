import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** The agent is killed while it has a NIC of its own, from which it probes containers. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'outposts';
const PATIENCE_S = 1;
let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.187.0.0/24');
  const reconcile = { every: 3600, patience: PATIENCE_S };
  restore = await configureAgent(lab, 'vm-a', { probes: { every: 1 }, pool: { low: 0, high: 4 }, reconcile });
});
beforeEach(() => agent.printLogOnFailure());
afterAll(async () => {
  await vm.tidy(NETWORK);
  await agent.ask('POST', '/v1/pools/drain', {});
  await expectBalancedBooks(lab, 'vm-a', api);
  await restore();
  await api.deleteEmptyNetwork(network);
});

interface Container {
  readonly id: string;
  readonly nics: readonly { readonly probe?: { readonly passed?: boolean; readonly from?: string } }[];
}

/** Whether the last probe of the container came from another port of the network, and passed. */
async function passesFromNetwork(id: string): Promise<boolean> {
  const containers = (await agent.ask('GET', '/v1/containers')) as Container[];
  const probes = containers.find((each) => each.id === id)?.nics.map(({ probe }) => probe);
  return probes?.every((probe) => probe?.passed === true && probe.from === 'network') ?? false;
}

interface NicView {
  readonly id: string;
  readonly isOutpost?: boolean;
}

async function outposts(): Promise<string[]> {
  const { nics } = (await agent.ask('GET', '/v1/status')) as { nics: NicView[] };
  return nics.filter(({ isOutpost }) => isOutpost).map(({ id }) => id);
}

it('kill -9 of an agent with a NIC for probes: the NIC returns to its pool, and the next agent takes one', async () => {
  const web = await vm.run(NETWORK, '--label', 'org.ovn-docker.probe=tcp:80');
  await vm.docker('exec', '--detach', web, 'httpd', '-f', '-p', '80');
  await waitFor('a probe from the network', () => passesFromNetwork(web));
  const [former, ...others] = await outposts();
  expect([former, others]).toEqual([expect.any(String), []]);
  const address = await vm.address(web);

  await agent.restart();
  await waitFor('a probe by the next agent', () => passesFromNetwork(web));
  await agent.waitForOldClaims(PATIENCE_S * 1000);
  const found = await agent.collectGarbage();
  expect(found.map(({ kind }) => kind)).toContain('dead container');
  expect(await agent.collectGarbage()).toEqual([]);
  // The container, the former outpost in the pool, and one outpost.
  const { agent: seen } = await expectBalancedBooks(lab, 'vm-a', api);
  expect(seen.nics.map(({ state }) => state).sort()).toEqual(['claimed', 'claimed', 'warm']);
  expect(seen.nics).toContainEqual(expect.objectContaining({ id: former, state: 'warm' }));
  expect(await vm.address(web)).toBe(address);
  expect(await outposts()).toHaveLength(1);
});
