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

it('containers of an image that `docker commit` made of a --net=none container leave that one’s NIC alone', async () => {
  const first = await vm.run('mgmt', '--net=none');
  const address = await vm.address(first);
  expect(address).toBeDefined();
  await vm.docker('commit', first, IMAGE);
  const label = await vm.docker('inspect', '--format', '{{json .Config.Labels}}', IMAGE);
  expect(label).toContain('org.ovn-docker.nic');
  const copy = (await vm.docker('run', '-d', '--net=none', IMAGE, ...STAY)).trim();
  // One of our own, that the agent has seen start after the copy, and a whole pass of the reconciler.
  const second = (
    await vm.machine.must(['ovn-docker', '--network=mgmt', 'run', '-d', '--net=none', IMAGE, ...STAY])
  ).trim();
  expect((await vm.ovnDocker(['gc'])).code).toBe(0);
  expect(await vm.address(copy)).toBeUndefined();
  expect(await vm.address(first)).toBe(address);
  const other = (await vm.address(second)) ?? '';
  await waitFor('an answer', () => vm.pings(first, other), 10_000);
  // An agent that is started again learns from the switch and from Docker whose it is.
  await vm.docker('rm', '--force', copy);
  await vm.restartAgent('KILL');
  expect((await vm.ovnDocker(['gc'])).code).toBe(0);
  expect(await vm.address(first)).toBe(address);
  await waitFor('an answer', () => vm.pings(first, other), 10_000);
  await vm.docker('rm', '--force', second);
});
