import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchDockerd, openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** The real dockerd in its bad hours: SCENARIOS 20 and 21. A reboot of the whole VM is in reboot.test.ts. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-c');
const SUBNET = '10.144.0.0/24';
const BY_US = ['-d', 'ovn', '--ipam-driver', 'ovn'];
let api: Api;
let network: string;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
});

const neutronId = async () => (await api.list('network', `name=docker-${network.slice(0, 12)}`))[0]?.id ?? '';
const ports = async () => api.list('port', `network_id=${await neutronId()}&device_owner=`);

/** A Docker network for each test. */
function onNetwork(...options: string[]): void {
  leavesNoTraces(lab);
  beforeEach(async () => {
    network = await vm.docker('network', 'create', ...BY_US, '--subnet', SUBNET, ...options, 'bad-hours');
  });
  afterEach(async () => {
    await vm.cleanUp();
    const created = await vm.docker('ps', '-aq', '--filter', 'status=created');
    if (created) await vm.docker('rm', ...created.split('\n'));
    await vm.docker('network', 'rm', 'bad-hours');
  });
}

describe('dockerd', () => {
  onNetwork();

  it('scenario 20: killed: containers that restart by themselves are on the network again', async () => {
    const options = ['--network', 'bad-hours', '--restart', 'always'];
    const [one = '', other = ''] = await Promise.all([vm.dockerRun(...options), vm.dockerRun(...options)]);
    await vm.machine.stop('dockerd', 'KILL');
    await launchDockerd(vm.machine);
    const address = await waitFor('the container’s address', () => vm.address(other));
    await waitFor('an answer', () => vm.pings(one, address), 15_000);
    expect(await ports()).toHaveLength(2);
  });

  it('scenario 20: killed with live-restore: containers never notice', async () => {
    const directory = join(vm.machine.places.data, 'etc', 'docker');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'daemon.json'), '{"live-restore": true}');
    const again = async (signal: 'TERM' | 'KILL') => {
      await vm.machine.stop('dockerd', signal);
      await launchDockerd(vm.machine);
    };
    try {
      await again('TERM');
      const [one = '', other = ''] = await Promise.all(
        [1, 2].map(() => vm.dockerRun('--network', 'bad-hours')),
      );
      const address = (await vm.address(other)) ?? '';
      await waitFor('an answer', () => vm.pings(one, address), 15_000);
      const before = await ports();
      const started = await vm.docker('inspect', '--format', '{{.State.StartedAt}}', one);
      await again('KILL');
      expect(await vm.docker('inspect', '--format', '{{.State.StartedAt}}', one)).toBe(started);
      expect(await vm.pings(one, address)).toBe(true);
      expect((await ports()).map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
      await vm.remove(one, other);
      expect(await ports()).toEqual([]);
    } finally {
      rmSync(join(directory, 'daemon.json'));
      await again('TERM');
    }
  });

  it('scenario 21: a hundred containers restart with dockerd, and the agent comes late', {
    timeout: 400_000,
  }, async () => {
    const options = ['--network', 'bad-hours', '--restart', 'always'];
    const ids: string[] = [];
    for (let batch = 0; batch < 10; batch++) {
      ids.push(...(await Promise.all(Array.from({ length: 10 }, () => vm.dockerRun(...options)))));
    }
    await vm.machine.stop('agent', 'KILL');
    await vm.machine.stop('dockerd', 'KILL');
    const before = vm.machine.log('dockerd').length;
    const back = launchDockerd(vm.machine);
    // It has begun to look for the driver, and it is not there.
    await vm.machine.waitForLog('dockerd', 'Unable to connect to plugin', before);
    await startAgent(vm.machine);
    await back;
    const running = async () =>
      (await vm.docker('ps', '-q', '--no-trunc')).split('\n').filter((id) => ids.includes(id));
    await waitFor('all of them to run', async () => (await running()).length === ids.length, 200_000);
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const addresses = (await vm.docker('inspect', '--format', format, ...ids)).split('\n');
    expect(new Set(addresses).size).toBe(ids.length);
    const has = (await ports()).flatMap(({ fixed_ips }) => fixed_ips as { ip_address: string }[]);
    await waitFor(
      'the ports of their former lives to go',
      async () => (await ports()).length === ids.length,
      60_000,
    );
    expect(has.map(({ ip_address }) => ip_address)).toEqual(expect.arrayContaining(addresses));
    await waitFor('an answer', () => vm.pings(ids[0] ?? '', addresses.at(-1) ?? ''), 15_000);
  });
});
