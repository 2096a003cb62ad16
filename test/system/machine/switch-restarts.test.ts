import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess } from '../../support/agent-process.ts';
import { Api, type Resource } from '../../support/api.ts';
import { abortSwitch, restartDaemon, wipeSwitch } from '../../support/daemons.ts';
import { type PingCount, Pinger } from '../../support/pinger.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Restarts of the daemons of the VM's switch and of its hypervisor while containers run: scenario 32. */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const b = new Vm(lab, 'vm-b');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'switches';
let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.181.0.0/24');
  restore = await configureAgent(lab, 'vm-a', { pool: { high: 0 }, reconcile: { every: 1, patience: 1 } });
});
afterEach(async () => {
  for (const vm of [a, b]) {
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
  await expectBalancedBooks(lab, 'vm-a', api);
});
afterAll(async () => {
  await restore();
  await api.deleteEmptyNetwork(network);
});

/** Starts a container of each kind in VM-A; both ping a container in VM-B all the time. */
async function containers() {
  const peer = await b.run(NETWORK, '--net=none');
  const address = (await b.address(peer)) ?? '';
  const ids = [await a.run(NETWORK), await a.run(NETWORK, '--net=none')];
  const pingers = await Promise.all(ids.map((id) => Pinger.start(a, id, address)));
  /** Waits for answers to new pings of both, then adds up a number of their counts. */
  const total = async (select: (count: PingCount) => number) => {
    const counts = await Promise.all(pingers.map((pinger) => pinger.count()));
    return counts.reduce((sum, count) => sum + select(count), 0);
  };
  return {
    ids,
    /** The number of pings lost so far. */
    lost: () => total(({ lost }) => lost.length),
    /** The number of pings lost near the crash of a hypervisor's switch. */
    excused: () => total(({ excused }) => excused),
  };
}

/** Expects that new containers of both kinds start and can be removed. */
async function runNewContainers(): Promise<void> {
  await a.remove(await a.run(NETWORK), await a.run(NETWORK, '--net=none'));
}

/** Whether the agent serves, which it does while it holds the lock in the switch's database. */
const serves = () =>
  agent.nicIds().then(
    () => true,
    () => false,
  );

/** Whether the NIC with this address is plugged and both ends of its veth pair are in the VM. */
async function hasPairInVm(address: string | undefined): Promise<boolean> {
  const [port] = await api.list('port', `fixed_ips=ip_address=${address}`);
  const nic = (await pluggedNics(lab, 'vm-a')).find(({ portId }) => portId === port?.id);
  using netlink = a.machine.netlink();
  return nic !== undefined && netlink.link(`ovn-${nic.vlan}c`) !== undefined;
}

describe('scenario 32: daemons of the switches restart while containers run', () => {
  it('ovsdb-server of the VM is restarted: no ping is lost, and the agent gets its lock again', async () => {
    const { lost } = await containers();
    const logged = agent.log().length;
    await restartDaemon(lab, 'vm-a', 'openvswitch/ovsdb-server');
    await a.machine.waitForLog('agent', 'agent ready', logged);
    await runNewContainers();
    expect(await lost()).toBe(0);
  });

  it('ovs-vswitchd of the VM is restarted: containers reach the network again', async () => {
    const { lost } = await containers();
    await restartDaemon(lab, 'vm-a', 'openvswitch/ovs-vswitchd');
    await lost();
    await waitFor('the agent', serves);
    await runNewContainers();
  });

  it('ovn-controller of the hypervisor is restarted: no ping is lost', async () => {
    const { lost } = await containers();
    await restartDaemon(lab, 'hv1', 'ovn/ovn-controller');
    await runNewContainers();
    expect(await lost()).toBe(0);
  });

  it('ovs-vswitchd of the other VM’s hypervisor aborts: containers reach each other again, and no other ping is lost', async () => {
    const { excused, lost } = await containers();
    await abortSwitch(lab, 'hv2');
    await waitFor('pings to be lost by it', async () => (await excused()) > 0);
    await runNewContainers();
    expect(await lost()).toBe(0);
  });

  it('the database of the VM’s switch is wiped: running containers are plugged again under their VLANs', async () => {
    const { ids, lost } = await containers();
    const before = await pluggedNics(lab, 'vm-a');
    await wipeSwitch(lab, 'vm-a');
    await waitFor('NICs to be plugged again', async () => {
      const now = await pluggedNics(lab, 'vm-a');
      return before.every(({ vlan, portId }) =>
        now.some((nic) => nic.vlan === vlan && nic.portId === portId),
      );
    });
    await lost();
    await runNewContainers();
    // The agent knows again which container has which NIC.
    await a.remove(...ids);
    await waitFor('their NICs to be released', async () => {
      return (await pluggedNics(lab, 'vm-a')).length === before.length - ids.length;
    });
  });
});

describe('scenario 32: the database is wiped while NICs are warm, whose ids differ from the containers’ labels', () => {
  beforeAll(async () => {
    const pool = { low: 1, high: 4 };
    await configureAgent(lab, 'vm-a', { pool, reconcile: { every: 1, patience: 1 } });
  });
  afterAll(async () => {
    await configureAgent(lab, 'vm-a', { pool: { high: 0 }, reconcile: { every: 1, patience: 1 } });
  });

  it('a running and a stopped --net=none container keep their NICs', async () => {
    await a.machine.must(['ovn-docker', 'pool', 'fill', NETWORK]);
    const [runs, stopped] = [await a.run(NETWORK, '--net=none'), await a.run(NETWORK, '--net=none')];
    const addresses = await Promise.all([a.address(runs), a.address(stopped)]);
    await a.docker('stop', stopped);
    // Until the agent has handled the stop and made a new pair, only the row records the claim. The test
    // wipes the row when the pair records it too.
    await waitFor('the new pair of the stopped container', () => hasPairInVm(addresses[1]));
    const before = await pluggedNics(lab, 'vm-a');
    expect(before.length).toBeGreaterThanOrEqual(2);
    await wipeSwitch(lab, 'vm-a');
    await waitFor(
      'both NICs to be plugged again',
      async () => {
        const now = await pluggedNics(lab, 'vm-a');
        return before.every(({ portId }) => now.some((nic) => nic.portId === portId));
      },
      120_000,
    );
    await waitFor('the agent', serves);
    const others = [await a.run(NETWORK, '--net=none'), await a.run(NETWORK, '--net=none')];
    for (const other of others) expect(addresses).not.toContain(await a.address(other));
    await a.docker('start', stopped);
    await waitFor('its interface', async () => (await a.address(stopped)) === addresses[1]);
    expect(await a.address(runs)).toBe(addresses[0]);
    await waitFor('an answer', () => a.pings(runs, addresses[1] ?? ''));
  });
});
