import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { Bystanders } from '../support/faults/bystanders.ts';
import { poolOf } from '../support/pool-view.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * OVN before 26.03.2 forgets that the VM's own interface is installed when one of its children is deleted.
 * The next full recompute of ovn-controller may then mark the VM's own port and all its children down and
 * up.
 */
const lab = openLab(LAB);
const [vm, other] = [new Vm(lab, 'vm-a'), new Vm(lab, 'vm-b')];
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'siblings';
const NICS = 200;
const VICTIM_MAC = '02:00:00:00:00:c8';
let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.168.0.0/16');
  restore = await configureAgent(lab, 'vm-a', { pool: { low: 0, high: NICS, batch: 100 } });
});
afterAll(async () => {
  await restore();
  await api.deleteEmptyNetwork(network);
});

/** The statuses that Neutron reports of the network's ports. */
async function statuses(): Promise<Set<unknown>> {
  const ports = await api.list('port', `network_id=${network.id}&fields=status&fields=device_owner`);
  return new Set(
    ports.filter(({ device_owner }) => device_owner !== 'network:distributed').map(({ status }) => status),
  );
}

/** The port of the NIC that the test deletes. */
const victims = () => api.list('port', `network_id=${network.id}&mac_address=${VICTIM_MAC}`);

it('one of 200 NICs is deleted and the hypervisor recomputes: no container loses a ping, and no port is reattached', async () => {
  const bystanders = await Bystanders.start(vm, other, NETWORK);
  try {
    await agent.ask('POST', `/v1/pools/${NETWORK}/fill`, { count: NICS });
    await waitFor('all ports to be ACTIVE', async () => (await statuses()).size === 1);
    const before = await pluggedNics(lab, 'vm-a');
    const logged = agent.log().length;
    // A NIC with a requested MAC address does not return to the pool: the agent deletes its port.
    const victim = await vm.run(NETWORK, '--net=none', '--mac-address', VICTIM_MAC);
    expect(await victims()).toHaveLength(1);
    await vm.remove(victim);
    await waitFor('Neutron to delete the port', async () => (await victims()).length === 0);
    await lab.machine('hv1').must(['ovn-appctl', '-t', 'ovn-controller', 'recompute']);
    await lab.machine('central').must(['ovn-nbctl', '--wait=hv', 'sync']);
    await waitFor('all ports to be ACTIVE', async () => (await statuses()).size === 1);
    await agent.collectGarbage();
    expect(await bystanders.lost()).toEqual([]);
    expect(agent.log(logged)).not.toContain('down port');
    expect(await pluggedNics(lab, 'vm-a')).toEqual(before);
    expect(await poolOf(agent, NETWORK)).toMatchObject({ warm: NICS });
  } finally {
    await bystanders.end();
    for (const each of [agent, new AgentProcess(lab, 'vm-b')]) await each.ask('POST', '/v1/pools/drain', {});
  }
});
