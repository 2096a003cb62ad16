import { openLab, waitFor } from '@ovn-docker/lab';
import { afterEach, expect, it } from 'vitest';
import { leavesNoTraces } from '../../support/traces.ts';
import { STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const IMAGE = 'copied-label:test';

leavesNoTraces(lab);
afterEach(async () => {
  await vm.cleanUp();
  await vm.machine.run(['docker', 'rmi', '--force', IMAGE]);
});

it('the NIC of a --net=none container stays its own when containers run an image that `docker commit` made of it', async () => {
  const first = await vm.run('mgmt', '--net=none');
  const address = await vm.address(first);
  expect(address).toBeDefined();
  await vm.docker('commit', first, IMAGE);
  const label = await vm.docker('inspect', '--format', '{{json .Config.Labels}}', IMAGE);
  expect(label).toContain('org.ovn-docker.nic');
  const copy = (await vm.docker('run', '-d', '--net=none', IMAGE, ...STAY)).trim();
  // Wait until the agent has handled the copy's start: start another container after it, and run a pass of
  // the reconciler.
  const second = (
    await vm.machine.must(['ovn-docker', '--network=mgmt', 'run', '-d', '--net=none', IMAGE, ...STAY])
  ).trim();
  expect((await vm.ovnDocker(['gc'])).code).toBe(0);
  expect(await vm.address(copy)).toBeUndefined();
  expect(await vm.address(first)).toBe(address);
  const other = (await vm.address(second)) ?? '';
  await waitFor('an answer', () => vm.pings(first, other), 10_000);
  // A new agent learns from the switch and from Docker which container has the NIC.
  await vm.docker('rm', '--force', copy);
  await vm.restartAgent('KILL');
  expect((await vm.ovnDocker(['gc'])).code).toBe(0);
  expect(await vm.address(first)).toBe(address);
  await waitFor('an answer', () => vm.pings(first, other), 10_000);
  await vm.docker('rm', '--force', second);
});
