import { openLab, waitFor } from '@ovn-docker/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Api } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { engineOf } from '../../support/engine.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, SERVE_ROUTES, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * A short selection for the VM whose Docker is that of Debian 13 (raise-lab.ts). `npm run test:engines` runs
 * all tests that concern Docker on each engine.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-b');
const NETWORK = 'later';
const url = `http://${lab.state.vms['vm-b']?.address}:8149/`;
let network: string;

leavesNoTraces(lab);
beforeEach(async () => {
  network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', '10.149.0.0/24', NETWORK);
});
afterEach(() => vm.tidy(NETWORK, 'users'));

it('run, stop, start and restart on the engine that the lab says; containers answer each other after each', async () => {
  const version = await vm.docker('version', '--format', '{{.Server.Version}}');
  expect(version).toMatch(new RegExp(`^${engineOf(lab, 'vm-b')}\\.`));
  const [one, other] = await Promise.all([1, 2].map(() => vm.dockerRun('--network', NETWORK)));
  const answers = async () => {
    const address = (await vm.address(other ?? '')) ?? '';
    await waitFor('an answer', () => vm.pings(one ?? '', address), 10_000);
  };
  await answers();
  await vm.docker('stop', one ?? '');
  await vm.docker('start', one ?? '');
  await answers();
  await vm.docker('restart', other ?? '');
  await answers();
});

it('scenario 47: a container on a bridge and a logical network keeps its published ports over a restart', async () => {
  await vm.docker('network', 'create', 'users');
  const container = await vm.runDetached('--network', 'users', '--publish', '8149:80', ...SERVE_ROUTES);
  await vm.docker('network', 'connect', NETWORK, container);
  await vm.docker('restart', container);
  await waitFor('an answer at the published port', async () => {
    const { code } = await lab.machine('phys').run(['curl', '--silent', '--max-time', '1', url]);
    return code === 0;
  });
});

it('scenario 48: a container has the security groups of its endpoint', async () => {
  const api = await Api.login(lab, 'alice');
  const group = await api.create('security_group', { name: 'later-group' });
  try {
    await vm.dockerRun('--network', `name=${NETWORK},driver-opt=neutron.security_groups=later-group`);
    const ports = await containerPorts(api, (await api.networkOf(network))?.id ?? '');
    expect(ports.map((port) => port['security_groups'])).toEqual([[group.id]]);
  } finally {
    await vm.tidy(NETWORK);
    await api.delete('security_group', group.id);
  }
});
