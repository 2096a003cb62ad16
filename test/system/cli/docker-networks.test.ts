import { openLab } from '@ovn-docker/lab';
import { expect, it } from 'vitest';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** What the command line does with Docker's networks beside Neutron's. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
leavesNoTraces(lab);

it('`delete network` removes the Docker network that `run` made, so that its name is free again', async () => {
  const names = async () => (await vm.docker('network', 'ls', '--format', '{{.Name}}')).split('\n');
  for (const _ of [1, 2]) {
    expect((await vm.ovnDocker(['create', 'network', 'again'])).code).toBe(0);
    await vm.remove(await vm.run('again'));
    expect(await names()).toContain('again');
    const deleted = await vm.ovnDocker(['delete', 'network', 'again']);
    expect(deleted).toMatchObject({ code: 0, stderr: '' });
    expect((await names()).filter((name) => name.startsWith('again'))).toEqual([]);
  }
});

it('the name of a Docker network after --network: the hint leads to `docker run`', async () => {
  await vm.docker('network', 'create', ...DRIVERS, 'of-docker');
  try {
    const refused = await vm.ovnDocker(['--network=of-docker', 'run', '--rm', IMAGE, 'true']);
    expect(refused.stderr).toContain('[E_NETWORK_UNKNOWN]');
    expect(refused.stderr).toContain('docker run --network of-docker');
  } finally {
    await vm.tidy('of-docker');
  }
});

it('a network that does not exist cannot be drained, and a misspelt label is refused', async () => {
  expect((await vm.ovnDocker(['pool', 'drain', 'nope'])).stderr).toContain('[E_NETWORK_UNKNOWN]');
  const label = ['--label', 'org.ovn-docker.security_groups=web'];
  const refused = await vm.ovnDocker(['--network=mgmt', 'run', '-d', ...label, IMAGE, 'true']);
  expect(refused.stderr).toContain('did you mean "org.ovn-docker.security-groups"');
});
