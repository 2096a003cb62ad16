import { randomUUID } from 'node:crypto';
import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { AgentClock } from '../support/faults/agent-clock.ts';
import { ApiProxy } from '../support/faults/api-proxy.ts';
import { type CloudByProxy, cloudByProxy } from '../support/faults/clouds-by-proxy.ts';
import { poolOf } from '../support/pool-view.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** The system's clock jumps while the agent works, as when NTP corrects it or the VM was suspended. */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'clock-jumps';
const WARM_NETWORK = 'clock-jumps-warm';
const WARM = 3;
let api: Api;
let networks: Resource[];
let proxy: ApiProxy;
let cloud: CloudByProxy;
let clock: AgentClock;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  networks = [
    await api.createNetwork(NETWORK, '10.184.0.0/24'),
    await api.createNetwork(WARM_NETWORK, '10.185.0.0/24'),
  ];
  proxy = await ApiProxy.start(lab);
  cloud = cloudByProxy(lab, 'vm-a');
  clock = new AgentClock(lab, 'vm-a');
  restore = await configureAgent(lab, 'vm-a', {
    cloud: cloud.config,
    pool: { low: 0, high: 0, networks: { [WARM_NETWORK]: { low: WARM, high: WARM } } },
    reconcile: { every: 1, patience: 600 },
  });
  await agent.restart(clock.env);
});
afterAll(async () => {
  await a.cleanUp();
  await agent.ask('POST', '/v1/pools/drain', {});
  await restore();
  clock.remove();
  cloud.remove();
  await proxy.stop();
  for (const network of networks) await api.deleteEmptyNetwork(network);
});

/** Brings the pool below its low mark: the task that fills it then looks for idle pools first. */
async function leavePoolShort(): Promise<void> {
  await agent.ask('POST', '/v1/pools/drain', {});
  await agent.ask('POST', `/v1/pools/${WARM_NETWORK}/fill`, { count: WARM - 1 });
}

/** @param neighbour address of a running container */
async function survive(days: number, neighbour: string): Promise<void> {
  await leavePoolShort();
  const nics = await agent.nicIds();
  await proxy.forgetCalls();

  await clock.set(days);
  expect((await a.ovnDocker(['gc', '--plan'], clock.env)).stdout).toBe('nothing is left over\n');
  await waitFor('the pool to be full', async () => (await poolOf(agent, WARM_NETWORK))?.warm === WARM);
  expect(await agent.collectGarbage()).toEqual([]);
  expect(await agent.nicIds()).toEqual(expect.arrayContaining(nics));

  const next = await a.run(NETWORK, '--net=none');
  await waitFor('an answer', () => a.pings(next, neighbour));
  const calls = await proxy.calls();
  // One for the pool, one for the container; the token serves on.
  const posts = calls.filter(({ method }) => method === 'POST').map(({ path }) => path);
  expect(posts).toEqual(['/v2.0/ports', '/v2.0/ports']);
  // A storm is thousands.
  expect(calls.length).toBeLessThan(150);
  const { code, stdout } = await a.ovnDocker(['doctor'], clock.env);
  expect(code, stdout).toBe(0);
  await a.remove(next);
}

it('scenario 40: the clock jumps a day ahead, then two days back: the agent removes nothing, and containers start', async () => {
  const running = await a.run(NETWORK, '--net=none');
  const address = (await a.address(running)) ?? '';
  // As `ovn-docker run` does before it creates the container.
  const id = randomUUID();
  await agent.ask('POST', '/v1/nics', { id, network: NETWORK, name: 'awaited' });
  try {
    for (const days of [1, -1]) await survive(days, address);
  } finally {
    await agent.ask('DELETE', `/v1/nics/${id}`);
  }
  await expectBalancedBooks(lab, 'vm-a', api);
});
