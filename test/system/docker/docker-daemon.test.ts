import { type DockerdOptions, launchDockerd, openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess } from '../../support/agent-process.ts';
import { Api } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { Pinger } from '../../support/pinger.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * The real dockerd is killed and started again: scenarios 20 and 21. A reboot of the whole VM is in
 * reboot.test.ts.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-c');
const agent = new AgentProcess(lab, 'vm-c');
const SUBNET = '10.144.0.0/24';
const PATIENCE_S = 1;
/**
 * The number of containers that start at once. The scenario's hundred (`BOOT_CONTAINERS=100`) take 3 min on
 * two shared cores, nearly all of it Docker's own work.
 */
const MANY = Number(process.env['BOOT_CONTAINERS'] ?? 10);
let api: Api;
let network: string;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
  // The tests request each pass of the reconciler; claims without a container expire after a second.
  restore = await configureAgent(lab, 'vm-c', {
    pool: { high: 0 },
    reconcile: { every: 3600, patience: PATIENCE_S },
  });
});
afterAll(() => restore());

/** The name of the Neutron network behind the Docker network. */
const name = () => `docker-${network.slice(0, 12)}`;
const ports = async () => {
  const [{ id = '' } = {}] = await api.list('network', `name=${name()}`);
  return containerPorts(api, id);
};

async function relaunch(signal: 'TERM' | 'KILL', options: DockerdOptions = {}): Promise<void> {
  await vm.machine.stop('dockerd', signal);
  await launchDockerd(vm.machine, options);
}

/** Expects that a pass of the reconciler finds nothing, and that the books balance. */
async function expectInOrder(): Promise<void> {
  await agent.waitForOldClaims(PATIENCE_S * 1000);
  expect(await agent.collectGarbage()).toEqual([]);
  await expectBalancedBooks(lab, 'vm-c', api);
}

describe('dockerd', () => {
  leavesNoTraces(lab);
  let others: string[];
  beforeEach(async () => {
    network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, 'bad-hours');
    others = (await vm.docker('ps', '--quiet')).split('\n').filter(Boolean);
  });
  afterEach(async () => {
    // The main job's containers have no restart policy.
    if (others.length > 0) await vm.docker('start', ...others);
    await vm.cleanUp();
    await vm.removeUnstarted();
    await agent.collectGarbage();
    await vm.docker('network', 'rm', 'bad-hours');
  });

  const always = ['--restart', 'always'];

  it('scenario 20: dockerd is killed: containers with a restart policy are on the network again', async () => {
    const options = ['--network', 'bad-hours', ...always];
    const [one = '', other = ''] = await Promise.all([vm.dockerRun(...options), vm.dockerRun(...options)]);
    await relaunch('KILL');
    const address = await waitFor('the container’s address', () => vm.address(other));
    await waitFor('an answer', () => vm.pings(one, address), 15_000);
    await agent.waitForOldClaims(PATIENCE_S * 1000);
    await agent.collectGarbage();
    expect(await ports()).toHaveLength(2);
  });

  it('scenario 20: dockerd with live-restore is killed: containers lose no ping, even if the agent restarts meanwhile, and work as before', async () => {
    const live = { options: ['--live-restore'] };
    await relaunch('TERM', live);
    try {
      const driver = await vm.dockerRun('--network', 'bad-hours');
      const none = await vm.run(name(), '--net=none');
      const [driverAddress, noneAddress] = [await vm.address(driver), await vm.address(none)];
      const pingers = [
        await Pinger.start(vm, driver, noneAddress ?? ''),
        await Pinger.start(vm, none, driverAddress ?? ''),
      ];
      const before = (await ports()).map(({ id }) => id).toSorted();

      await vm.machine.stop('dockerd', 'KILL');
      // Without dockerd this agent cannot learn which containers have its NICs.
      await agent.restart();
      await agent.waitForOldClaims(PATIENCE_S * 1000);
      expect(await agent.collectGarbage()).toEqual([]);
      await launchDockerd(vm.machine, live);
      await expectInOrder();

      expect(
        (await Promise.all(pingers.map((pinger) => pinger.count()))).flatMap(({ lost }) => lost),
      ).toEqual([]);
      expect((await ports()).map(({ id }) => id).toSorted()).toEqual(before);
      await vm.docker('restart', driver, none);
      const again = await waitFor('the address of the driver’s container', () => vm.address(driver));
      await waitFor('an answer', () => vm.pings(none, again), 15_000);
      await vm.remove(driver, none);
      await waitFor('the ports to be deleted', async () => (await ports()).length === 0);
    } finally {
      await vm.cleanUp();
      await relaunch('TERM');
    }
  });

  it('scenario 20: the agent starts long after dockerd: containers that could not start before start now, and nothing is left over', async () => {
    const driver = await vm.dockerRun('--network', 'bad-hours', ...always);
    const none = await vm.run(name(), '--net=none', ...always);
    const address = await vm.address(none);
    // A stopped container has no endpoint, so dockerd does not wait for the driver to release it; dockerd
    // starts it anyway.
    await vm.docker('stop', driver);
    await vm.machine.stop('agent', 'KILL');
    // dockerd gives up on containers whose driver does not answer.
    await relaunch('KILL', { patienceMs: 100_000 });
    const state = await vm.docker('inspect', '--format', '{{.State.Running}}', driver, none);
    expect(state.split('\n')).toEqual(['false', 'true']);

    await startAgent(vm.machine);
    await waitFor('eth0 of the container', async () => (await vm.address(none)) === address);
    await vm.docker('start', driver);
    await waitFor('an answer', () => vm.pings(driver, address ?? ''), 15_000);
    await agent.waitForOldClaims(PATIENCE_S * 1000);
    await agent.collectGarbage();
    await expectInOrder();
    expect(await ports()).toHaveLength(2);
  });

  it('scenario 21: many containers start with dockerd, and the agent starts late', {
    timeout: 400_000,
  }, async () => {
    const options = ['--network', 'bad-hours', ...always];
    const ids: string[] = [];
    while (ids.length < MANY) {
      ids.push(...(await Promise.all(Array.from({ length: 10 }, () => vm.dockerRun(...options)))));
    }
    await vm.machine.stop('agent', 'KILL');
    await vm.machine.stop('dockerd', 'KILL');
    const before = vm.machine.log('dockerd').length;
    const back = launchDockerd(vm.machine, { patienceMs: 300_000 });
    // dockerd has tried to reach the driver and failed.
    await vm.machine.waitForLog('dockerd', 'Unable to connect to plugin', before);
    await startAgent(vm.machine);
    await back;
    expect((await vm.docker('ps', '-q', '--no-trunc')).split('\n')).toEqual(expect.arrayContaining(ids));
    // The containers' NICs from before the kill, some of which Docker did not release.
    await agent.waitForOldClaims(PATIENCE_S * 1000);
    await agent.collectGarbage();
    await expectInOrder();
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const addresses = (await vm.docker('inspect', '--format', format, ...ids)).split('\n');
    const assigned = (await ports()).flatMap(({ fixed_ips }) => fixed_ips as { ip_address: string }[]);
    expect(addresses.toSorted()).toEqual(assigned.map(({ ip_address }) => ip_address).toSorted());
    await waitFor('an answer', () => vm.pings(ids[0] ?? '', addresses.at(-1) ?? ''), 15_000);
    await vm.cleanUp();
    // dockerd counts a network's endpoints when it starts; until then the endpoints of the killed dockerd
    // block its removal.
    await relaunch('TERM');
  });
});
