import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess } from '../../support/agent-process.ts';
import { Api, type Resource } from '../../support/api.ts';
import { type PoolView, poolOf } from '../../support/pool-view.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { DRIVERS, IMAGE, STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Pools with the default marks, 2 and 8, and the real Docker. Other files turn the pools off. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const LOW = 2;
const HIGH = 8;
/** Seconds for which a claim may wait for its container: longer than a container takes to start here. */
const PATIENCE_S = 15;
/** Networks with marks of their own in the configuration. */
const OWN = 'pools-own';
const HASTY = 'pools-hasty';
const networks = {
  pools: '10.190.0.0/24',
  pools2: '10.191.0.0/24',
  [OWN]: '10.192.0.0/24',
  [HASTY]: '10.193.0.0/24',
  'pools-small': '10.194.0.0/29',
} as const;
type Network = keyof typeof networks;

let api: Api;
let restore: () => Promise<void>;
const created = new Map<Network, Resource>();
/** Names of the tests' containers. */
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((name) => `pools-${name}`);

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  restore = await configureAgent(lab, 'vm-a', {
    reconcile: { every: 30, patience: PATIENCE_S },
    pool: { networks: { [OWN]: { low: 1, high: 3 }, [HASTY]: { low: 1, high: 3, idle: 1 } } },
  });
  for (const [name, cidr] of Object.entries(networks)) {
    const network = await api.create('network', { name });
    created.set(name as Network, network);
    await api.create('subnet', { network_id: network.id, cidr, ip_version: 4 });
    if (name === HASTY) continue;
    const option = `neutron.net.name=${name}`;
    const options = ['--subnet', cidr, '-o', option, '--ipam-opt', option];
    await vm.docker('network', 'create', ...DRIVERS, ...options, name);
  }
});

afterEach(async () => {
  await vm.cleanUp();
  await vm.machine.run(['docker', 'rm', '--force', ...NAMES]);
});

afterAll(async () => {
  await vm.cleanUp();
  await vm.machine.run(['docker', 'network', 'rm', ...Object.keys(networks)]);
  await vm.machine.run(['ovn-docker', 'pool', 'drain']);
  for (const [name, { id }] of created) {
    await waitFor(`the ports of ${name} to be deleted`, async () => (await ports(name)).length === 0);
    await api.delete('network', id);
  }
  await restore();
});

const ports = (name: Network) => api.list('port', `network_id=${created.get(name)?.id}`);
const portIds = async (name: Network) => (await ports(name)).map(({ id }) => id).toSorted();
const balance = () => expectBalancedBooks(lab, 'vm-a', api);

const pool = (name: Network) => poolOf(agent, name);

/** Runs `ovn-docker pool COMMAND … --json`. Returns the network's pool from its output. */
async function poolCommand(
  name: Network,
  command: string,
  ...options: string[]
): Promise<PoolView | undefined> {
  const line = ['ovn-docker', 'pool', command, ...options, '--json'];
  const views = JSON.parse(await vm.machine.must(line)) as PoolView[];
  return views.find(({ network }) => network === name);
}

/** Waits until a pool makes no NICs and has this many warm and claimed ones. */
async function waitForPool(name: Network, warm: number, claimed: number): Promise<void> {
  let seen: PoolView | undefined;
  const isReached = async () => {
    seen = await pool(name);
    return seen?.warm === warm && seen.claimed === claimed && seen.making === 0;
  };
  await waitFor(`${warm} warm NICs and ${claimed} in use on ${name}`, isReached, 20_000).catch(
    (error: Error) => {
      throw new Error(`${error.message}; last seen: ${JSON.stringify(seen)}`);
    },
  );
}

const run = (network: Network, name: string) =>
  vm.docker('run', '--detach', '--name', name, '--network', network, IMAGE, ...STAY);
const [one = '', two = ''] = NAMES;

it('run, stop, start and rm of containers take warm NICs and return them; no port is created or deleted', async () => {
  await waitForPool('pools', HIGH, 0);
  const before = await portIds('pools');
  await Promise.all([run('pools', one), run('pools', two)]);
  await waitForPool('pools', HIGH - 2, 2);
  await vm.docker('stop', one);
  await waitForPool('pools', HIGH - 1, 1);
  await vm.docker('start', one);
  await waitForPool('pools', HIGH - 2, 2);
  const address = await vm.address(two);
  await waitFor('an answer', () => vm.pings(one, address ?? ''));
  await balance();
  await vm.docker('rm', '--force', one, two);
  await waitForPool('pools', HIGH, 0);
  expect(await portIds('pools')).toEqual(before);
  await balance();
});

it('many containers at once, on two networks each: below its low mark a pool is refilled, and it keeps at most its high mark', async () => {
  await Promise.all([waitForPool('pools', HIGH, 0), waitForPool('pools2', HIGH, 0)]);
  await Promise.all(
    NAMES.map((name) => vm.docker('create', '--name', name, '--network', 'pools', IMAGE, ...STAY)),
  );
  for (const name of NAMES) await vm.docker('network', 'connect', 'pools2', name);
  await Promise.all(NAMES.map((name) => vm.docker('start', name)));
  expect(HIGH - NAMES.length).toBeLessThan(LOW);
  for (const network of ['pools', 'pools2'] as const) await waitForPool(network, HIGH, NAMES.length);
  const devices = await Promise.all(
    NAMES.flatMap((name) => ['eth0', 'eth1'].map((eth) => vm.address(name, eth))),
  );
  expect(new Set(devices).size).toBe(2 * NAMES.length);
  for (const device of ['eth0', 'eth1']) {
    const address = (await vm.address(two, device)) ?? '';
    await waitFor('an answer', () => vm.pings(one, address));
  }
  await balance();
  await vm.docker('rm', '--force', ...NAMES);
  for (const network of ['pools', 'pools2'] as const) {
    await waitForPool(network, HIGH, 0);
    await waitFor('the surplus ports to be deleted', async () => (await ports(network)).length === HIGH);
  }
  await balance();
});

it('network connect and disconnect of a running container take a warm NIC and return it', async () => {
  await Promise.all([waitForPool('pools', HIGH, 0), waitForPool('pools2', HIGH, 0)]);
  const before = await portIds('pools2');
  await run('pools', one);
  // Docker 20.10 names the interface of the second time eth2, Docker 28 eth1 again.
  const addresses = () => vm.docker('exec', one, 'ip', '-o', '-4', 'addr');
  for (let time = 0; time < 2; time++) {
    await vm.docker('network', 'connect', 'pools2', one);
    await waitForPool('pools2', HIGH - 1, 1);
    expect(await addresses()).toMatch(/ eth[12] +inet 10\.191\./);
    await vm.docker('network', 'disconnect', 'pools2', one);
    await waitForPool('pools2', HIGH, 0);
  }
  await vm.docker('rm', '--force', one);
  expect(await portIds('pools2')).toEqual(before);
  await waitForPool('pools', HIGH, 0);
  await balance();
});

it('the agent is killed while containers start and end: the next agent knows every NIC, and the pools are as before', async () => {
  await waitForPool('pools', HIGH, 0);
  await run('pools', one);
  const address = (await vm.address(one)) ?? '';
  const starting = NAMES.slice(1, 5).map((name) =>
    vm.machine.run(['docker', 'run', '--detach', '--name', name, '--network', 'pools', IMAGE, ...STAY]),
  );
  // Some containers have their NICs, others do not.
  await waitFor('the first claim', async () => ((await pool('pools'))?.claimed ?? 0) > 1);
  await agent.restart();
  const isUp = (await Promise.all(starting)).map(({ code }) => code === 0);
  const alive = NAMES.slice(1, 5).filter((_, index) => isUp[index]);
  await vm.machine.run(['docker', 'rm', '--force', ...NAMES.slice(1, 5).filter((_, index) => !isUp[index])]);
  await agent.restart();
  for (const name of alive) await waitFor('an answer', () => vm.pings(name, address));
  await vm.docker('rm', '--force', one, ...alive);
  await agent.restart();
  // Claims of endpoints that Docker abandoned expire after the patience.
  await agent.waitForOldClaims(PATIENCE_S * 1000);
  await agent.collectGarbage();
  const { nics } = (await balance()).agent;
  expect(nics.filter(({ state }) => state === 'warm').length).toBeGreaterThanOrEqual(LOW);
});

it('the marks that the configuration sets for one network apply to that network only', async () => {
  await waitForPool(OWN, 3, 0);
  expect(await poolCommand(OWN, 'list')).toMatchObject({ low: 1, high: 3 });
  expect(await pool('pools')).toMatchObject({ low: LOW, high: HIGH });
  const table = (await vm.ovnDocker(['pool', 'list'])).stdout.split('\n');
  expect(table.find((line) => line.startsWith(OWN))).toMatch(/ 3 +0 +0 +1\.\.3 +-/);
});

it('pool drain empties a pool until a container needs it; pool fill makes as many NICs as requested', async () => {
  await waitForPool(OWN, 3, 0);
  expect(await poolCommand(OWN, 'drain', OWN)).toMatchObject({ warm: 0, paused: 'drained by hand' });
  expect(await ports(OWN)).toEqual([]);
  expect(await pool('pools')).not.toHaveProperty('paused');
  expect(await poolCommand(OWN, 'fill', OWN, '--count', '5')).toMatchObject({ warm: 5 });
  await poolCommand(OWN, 'drain', OWN);
  await run(OWN, one);
  await waitForPool(OWN, 3, 1);
  await vm.docker('rm', '--force', one);
  await waitFor('the NIC to be released', async () => (await pool(OWN))?.claimed === 0);
  await balance();
});

it('warm NICs unused for the idle time are removed: down to the low mark while the network has containers, else all', async () => {
  const container = await vm.run(HASTY, '--net=none');
  expect(await poolCommand(HASTY, 'fill', HASTY)).toMatchObject({ warm: 3, claimed: 1 });
  await waitForPool(HASTY, 1, 1);
  await waitFor('the surplus ports to be deleted', async () => (await ports(HASTY)).length === 2);
  await vm.remove(container);
  await waitFor('the ports to be deleted', async () => (await ports(HASTY)).length === 0);
  await waitFor('the pool to be removed', async () => (await pool(HASTY)) === undefined);
  await balance();
});

it('a pool does not take the last addresses of a subnet', async () => {
  const view = await poolCommand('pools-small', 'fill', 'pools-small');
  expect(view?.paused).toContain('the reserve is reached: addresses of 10.194.0.0/29');
  const warm = view?.warm ?? 0;
  expect(warm).toBeGreaterThan(0);
  const network_id = created.get('pools-small')?.id;
  const other = await api.create('port', { network_id, name: 'other' });
  await api.delete('port', other.id);
});

it('a pool does not take the last ports of a project’s quota', async () => {
  const admin = await Api.login(lab, 'admin');
  const { projectId } = lab.state.tenants.alice;
  await poolCommand('pools', 'drain', 'pools');
  const used = (await api.list('port', `project_id=${projectId}`)).length;
  const limit = used + 10;
  await admin.call('PUT', `quotas/${projectId}`, { quota: { port: limit } });
  try {
    expect(await poolCommand('pools', 'fill', 'pools')).toMatchObject({
      warm: 2,
      paused: expect.stringContaining('quota of ports'),
    });
    const other = await api.create('port', { network_id: created.get('pools')?.id, name: 'other' });
    await api.delete('port', other.id);
  } finally {
    await admin.call('DELETE', `quotas/${projectId}`);
  }
});

it('docker network rm empties the pools, and the books balance', async () => {
  await vm.docker('network', 'rm', ...Object.keys(networks).filter((name) => name !== HASTY));
  for (const name of Object.keys(networks)) expect(await ports(name as Network)).toEqual([]);
  await balance();
});
