import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, urls, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/**
 * Port-binding mode on a real Neutron, whose policy allows it only to admins: the VM's own port belongs to
 * its tenant, the containers' ports to the admin.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const vifId = lab.state.vms['vm-a']?.portId ?? '';
const file = join(vm.machine.places.data, 'etc', 'ovn-docker', 'clouds-of-admin.yaml');
const PATIENCE_S = 1;
/** Longer than the agent gives a hypervisor to bind a port. */
const LONG_DOWN_MS = 16_000;
const NETWORK = 'by-admin';
let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'admin');
  network = await api.createNetwork(NETWORK, '10.189.0.0/24');
  const auth = {
    auth_url: urls.identity,
    username: 'admin',
    password: lab.state.tenants.admin.password,
    project_name: 'admin',
    user_domain_name: 'Default',
    project_domain_name: 'Default',
  };
  writeFileSync(file, stringify({ clouds: { operator: { auth } } }), { mode: 0o600 });
  restore = await configureAgent(lab, 'vm-a', {
    cloud: { clouds_yaml: '/etc/ovn-docker/clouds-of-admin.yaml', cloud: 'operator' },
    mode: 'port-binding',
    pool: { low: 0, high: 0 },
    reconcile: { every: 3600, patience: PATIENCE_S },
  });
});
afterAll(async () => {
  await restore();
  rmSync(file);
  await api.delete('network', network.id);
});
leavesNoTraces(lab);

const ports = () => api.list('port', `network_id=${network.id}`);

it('containers of both kinds reach each other by ports whose binding names parent and VLAN, and the next agent knows them', async () => {
  const [one, two] = [await vm.run(NETWORK, '--net=none'), await vm.run(NETWORK)];
  const address = (await vm.address(two)) ?? '';
  await waitFor('an answer', () => vm.pings(one, address));
  const profile = { parent_name: vifId, tag: expect.any(Number) };
  const bound = expect.objectContaining({ 'binding:profile': profile });
  expect(await ports()).toEqual([bound, bound]);

  await agent.restart();
  await expectBalancedBooks(lab, 'vm-a', api);
  await waitFor('an answer', () => vm.pings(one, address));

  // Neutron does not know the hypervisor of such a port and leaves it DOWN. The agent must not take it for
  // broken.
  expect((await ports()).map(({ status }) => status)).toEqual(['DOWN', 'DOWN']);
  await agent.waitForOldClaims(PATIENCE_S * 1000);
  expect(await agent.collectGarbage()).toEqual([]);
  const third = await vm.run(NETWORK, '--net=none');
  await agent.waitForOldClaims(LONG_DOWN_MS);
  expect(await agent.collectGarbage()).toEqual([]);

  await vm.remove(one, two, third);
  await vm.docker('network', 'rm', NETWORK);
  await waitFor('the ports to be deleted', async () => (await ports()).length === 0);
  await expectBalancedBooks(lab, 'vm-a', api);
});
