import { management, openLab } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Api, type Resource } from '../../support/api.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { DRIVERS, IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * On a network that another project shares, Neutron lets a tenant create ports but not choose their
 * addresses.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const shared = `neutron.net.name=${management.name}`;
let api: Api;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  restore = await configureAgent(lab, 'vm-a', { pool: { high: 0 } });
  const driver = [...DRIVERS, '--subnet', management.cidr];
  await vm.docker('network', 'create', ...driver, '-o', shared, '--ipam-opt', shared, 'shared');
});
afterEach(async () => {
  await vm.cleanUp();
  await expectBalancedBooks(lab, 'vm-a', api);
});
afterAll(async () => {
  await vm.docker('network', 'rm', 'shared');
  await restore();
});

const ports = (): Promise<Resource[]> => api.list('port');

it('the network belongs to another project and is shared', async () => {
  const [network] = await api.list('network', `name=${management.name}`);
  expect(network).toMatchObject({ shared: true, project_id: lab.state.tenants.admin.projectId });
});

it('a container gets the address that Neutron chooses', async () => {
  const container = await vm.dockerRun('--network', 'shared');
  expect(await vm.address(container)).toMatch(/^10\.1\.0\./);
  expect(await vm.pings(container, management.phys)).toBe(true);
});

it.each([
  ['--ip', '10.1.0.77'],
  ['--mac-address', '02:42:0a:01:00:4d'],
])('%s is refused with a hint, and nothing is left over', async (...option) => {
  const before = (await ports()).map(({ id }) => id).toSorted();
  const command = ['docker', 'run', '--name', 'refused', '--network', 'shared', ...option, IMAGE, 'true'];
  const refused = await vm.machine.run(command);
  await vm.docker('rm', 'refused');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('E_FORBIDDEN');
  expect(refused.stderr).toContain(`run it without ${option[0]}`);
  expect((await ports()).map(({ id }) => id).toSorted()).toEqual(before);
});
