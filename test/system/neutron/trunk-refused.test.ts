import { type MachineName, openLab } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess } from '../../support/agent-process.ts';
import { Api, type Resource } from '../../support/api.ts';
import { configureEmbedded } from '../../support/api-config.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * Scenario 51 on embedded-neutron with `trunk_on_bound_port: false`, which answers as ML2/OVS does. VM-C has
 * no trunk and no other containers on one.
 */
const lab = openLab(LAB);
const VM: MachineName = 'vm-c';
const NETWORK = 'refused';
const vm = new Vm(lab, VM);
const agent = new AgentProcess(lab, VM);
const portId = lab.state.vms[VM]?.portId ?? '';
let api: Api;
let network: Resource;
let restoreAgent: () => Promise<void>;
let allowTrunks: () => Promise<void>;

const refuseTrunks = async () => {
  allowTrunks = await configureEmbedded(lab, { trunk_on_bound_port: false });
};
const trunks = () => api.list('trunk', `port_id=${portId}`);
const doctor = () => vm.ovnDocker(['doctor']);

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
  network = await api.createNetwork(NETWORK, '10.169.0.0/24');
  await refuseTrunks();
  restoreAgent = await configureAgent(lab, VM, {
    mode: 'trunk',
    pool: { low: 0, high: 0 },
    reconcile: { every: 3600, patience: 1 },
  });
});
afterAll(async () => {
  await vm.cleanUp();
  await allowTrunks();
  await agent.collectGarbage();
  for (const { id } of await trunks()) await api.delete('trunk', id);
  await restoreAgent();
  await api.deleteEmptyNetwork(network);
});

it('scenario 51: a cloud that makes no trunk on a running port: doctor says so before the first container, and no container starts', async () => {
  const report = await doctor();
  expect([report.code, report.stdout]).toEqual([1, expect.stringMatching(/✗ trunk .*E_TRUNK_REFUSED/)]);
  expect(report.stdout).toContain('docs/trunk.md');
  const refused = await vm.ovnDocker([`--network=${NETWORK}`, 'run', '--rm', '--net=none', IMAGE, 'true']);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('E_TRUNK_REFUSED')]);
  expect(await api.list('port', `network_id=${network.id}`)).toEqual([]);
  await expectBalancedBooks(lab, VM, api);
});

it('scenario 51: on a trunk that was created beforehand, containers start on such a cloud', async () => {
  await allowTrunks();
  const { id } = await api.create('trunk', { port_id: portId, name: 'beforehand' });
  await refuseTrunks();
  expect((await doctor()).stdout).toMatch(new RegExp(`✓ trunk +${id}, status ACTIVE`));
  const [first, second] = [await vm.run(NETWORK, '--net=none'), await vm.run(NETWORK)];
  expect(await vm.pings(first, (await vm.address(second)) ?? '')).toBe(true);
  const refused = await api.call('DELETE', `trunks/${id}`);
  expect(refused.body['NeutronError']).toMatchObject({ type: 'TrunkInUse' });
});

it('scenario 51: a trunk that was deleted under running containers cannot be made again: gc and doctor say why', async () => {
  await allowTrunks();
  for (const { id } of await trunks()) await api.delete('trunk', id);
  await refuseTrunks();
  const collected = await vm.ovnDocker(['gc']);
  expect(collected.code).toBe(1);
  expect(collected.stdout).toMatch(
    /lost subport: .*\n.*\n.*\n +failed: .*E_TRUNK_REFUSED|lost subport: .*\n.*\n.*\n +failed: .*ParentPortInUse/,
  );
  expect((await doctor()).stdout).toMatch(/✗ trunk .*E_TRUNK_REFUSED/);
});
