import { launchDockerd, openLab, waitFor } from '@ovn-docker/lab';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { containerPorts } from '../support/container-ports.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** The real dockerd is killed: SCENARIO 20. A reboot of the whole VM is in reboot.test.ts. */
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
const ports = async () => containerPorts(api, await neutronId());

/** A Docker network for each test. */
function onNetwork(...options: string[]): void {
  leavesNoTraces(lab);
  beforeEach(async () => {
    network = await vm.docker('network', 'create', ...BY_US, '--subnet', SUBNET, ...options, 'bad-hours');
  });
  let others: string[];
  beforeEach(async () => {
    others = (await vm.docker('ps', '--quiet')).split('\n').filter(Boolean);
  });
  afterEach(async () => {
    // Those of the main job, which nobody starts again by itself.
    if (others.length > 0) await vm.docker('start', ...others);
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
});
