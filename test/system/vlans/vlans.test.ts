import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { crash } from '../../support/daemons.ts';
import { moveVm } from '../../support/move-vm.ts';
import { Pinger } from '../../support/pinger.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { subport, TrunkScene } from '../../support/trunk-scene.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * VLANs and parents: scenarios 1 to 4 and 6. Scenario 5, two agents on one VM, is in machine/restart.test.ts.
 */
const lab = openLab(LAB);
const NETWORK = 'vlans';
let scene: TrunkScene;

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, '10.170.0.0/24');
});
afterEach(() => scene.tidy());
afterAll(() => scene.end());

/** All free VLANs, the lowest first. */
async function freeVlans(): Promise<number[]> {
  const used = new Set(await scene.vlansInUse());
  return Array.from({ length: 4094 }, (_, index) => index + 1).filter((vlan) => !used.has(vlan));
}

it('scenario 1: containers that several clients start at once get different VLANs', async () => {
  const before = await pluggedNics(lab, 'vm-a');
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => scene.a.run(NETWORK, ...(index % 2 ? ['--net=none'] : []))),
  );
  const vlans = (await pluggedNics(lab, 'vm-a')).map(({ vlan }) => vlan);
  expect(vlans).toHaveLength(before.length + 10);
  expect(new Set(vlans).size).toBe(vlans.length);
  await scene.expectInOrder(10);
});

/**
 * Adds subports without addresses on these VLANs, as other software in the same VM does. Returns the function
 * that removes them.
 */
async function occupy(vlans: readonly number[]): Promise<() => Promise<void>> {
  const { api } = scene;
  const network = await api.create('network', { name: 'crowd' });
  const ids: string[] = [];
  for (let from = 0; from < vlans.length; from += 500) {
    // Administratively down, so that OVN does not flood to the ports, which would keep it busy for minutes.
    const port = { network_id: network.id, admin_state_up: false };
    const ports = vlans.slice(from, from + 500).map(() => port);
    const { status, body } = await api.call('POST', 'ports', { ports });
    expect(status).toBe(201);
    ids.push(...(body['ports'] as Resource[]).map(({ id }) => id));
  }
  await scene.changeSubports(
    'add',
    ids.map((id, index) => subport(id, vlans[index] ?? 0)),
  );
  return async () => {
    // This ovn-controller would remove the ports for two minutes. The next one finds none to remove.
    const startController = await crash(lab, 'hv1', 'ovn/ovn-controller');
    await scene.changeSubports(
      'remove',
      ids.map((port_id) => ({ port_id })),
    );
    const answers = await api.callAll(ids.map((id) => ['DELETE', `ports/${id}`] as const));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    await api.delete('network', network.id);
    await lab.machine('hv1').must(startController);
    // Wait until the hypervisors have removed the ports: otherwise the next test waits.
    await lab.machine('central').must(['ovn-nbctl', '--wait=hv', 'sync'], { timeoutMs: 300_000 });
  };
}

// A real Neutron takes 20 minutes to create so many ports, and as long to delete them.
it.runIf(lab.state.apiKind === 'embedded')(
  'scenario 2: while all 4,094 VLANs are used, `run` fails at once with a clear error; released VLANs are used again',
  async () => {
    // The agent creates the trunk for the first container.
    await scene.a.run(NETWORK, '--net=none');
    const free = await freeVlans();
    const [last = 0, ...others] = free.toReversed();
    const vacate = await occupy(others);
    try {
      await scene.agent.collectGarbage();
      expect((await scene.status()).vlans).toEqual({ used: 4093, free: 1 });
      const id = await scene.a.run(NETWORK, '--net=none');
      expect((await pluggedNics(lab, 'vm-a')).map(({ vlan }) => vlan)).toContain(last);
      const started = performance.now();
      const refused = await scene.runOnce();
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_VLANS_EXHAUSTED]')]);
      expect(performance.now() - started).toBeLessThan(5000);
      await scene.a.remove(id);
      await waitFor('the VLAN to be free', async () => (await scene.status()).vlans.free === 1);
      expect(await scene.runOnce()).toMatchObject({ code: 0 });
    } finally {
      await vacate();
    }
    // The VLANs of the deleted subports are free again too.
    await scene.agent.collectGarbage();
    expect((await scene.status()).vlans.free).toBe(free.length);
  },
  600_000,
);

it('scenario 2: Neutron refuses a subport with VLAN 0 or 4095', async () => {
  // The agent creates the trunk for the first container.
  await scene.a.run(NETWORK, '--net=none');
  const port = await scene.api.create('port', { network_id: scene.network.id });
  const { id } = await scene.trunk();
  for (const vlan of [0, 4095]) {
    const body = { sub_ports: [subport(port.id, vlan)] };
    expect((await scene.api.call('PUT', `trunks/${id}/add_subports`, body)).status).toBe(400);
  }
  await scene.api.delete('port', port.id);
});

it('scenario 3: another client uses the VLAN on the trunk: the agent takes the next VLAN', async () => {
  await scene.a.run(NETWORK, '--net=none');
  await scene.agent.restart();
  // A new agent uses the lowest free VLANs first.
  const [taken = 0, next] = await freeVlans();
  const port = await scene.api.create('port', { network_id: scene.network.id });
  await scene.changeSubports('add', [subport(port.id, taken)]);
  try {
    await scene.proxy.forgetCalls();
    await scene.a.run(NETWORK, '--net=none');
    const vlans = (await pluggedNics(lab, 'vm-a')).map(({ vlan }) => vlan);
    expect([vlans.includes(taken), vlans.includes(next)]).toEqual([false, true]);
    // The agent requested both VLANs, because it did not know that the other client used the first.
    const requests = (await scene.proxy.calls()).filter(({ path }) => path.endsWith('/add_subports'));
    expect(requests.length).toBeGreaterThan(1);
    // The agent learns it in the next pass of the reconciler.
    const { used } = (await scene.status()).vlans;
    await scene.agent.collectGarbage();
    expect((await scene.status()).vlans.used).toBe(used + 1);
    await expectBalancedBooks(lab, 'vm-a', scene.api, { foreignVlans: [taken] });
  } finally {
    await scene.changeSubports('remove', [{ port_id: port.id }]);
    await scene.api.delete('port', port.id);
  }
});

it('scenario 3: another program uses a VLAN on the bridge: no NIC gets it, and a NIC that has it is reported', async () => {
  const { machine } = scene.a;
  const addPort = (name: string, vlans: string) => {
    const port = ['ovs-vsctl', 'add-port', 'br0', name, vlans];
    return machine.must([...port, '--', 'set', 'interface', name, 'type=internal']);
  };
  const vlanOf = async (id: string) => {
    const nics = (await scene.agent.ask('GET', '/v1/nics')) as { container?: string; vlan?: number }[];
    return nics.find(({ container }) => container === id)?.vlan ?? 0;
  };
  const container = await scene.a.run(NETWORK, '--net=none');
  const [access = 0, last = 0, ...others] = await freeVlans();
  try {
    await addPort('v-trunk', `trunks=${others.join(',')}`);
    await addPort('v-access', `tag=${access}`);
    expect(await vlanOf(await scene.a.run(NETWORK, '--net=none'))).toBe(last);

    const shared = await vlanOf(container);
    const logged = scene.agent.log().length;
    await addPort('v-shared', `tag=${shared}`);
    await machine.waitForLog('agent', 'a VLAN is shared', logged);
    const { stdout } = await scene.a.ovnDocker(['doctor']);
    expect(stdout).toContain(`v-shared is in VLAN ${shared} of ovn-${shared} [E_VLAN_SHARED]`);
    await machine.must(['ovs-vsctl', 'del-port', 'v-shared']);
    expect(await scene.agent.collectGarbage()).toEqual([]);
  } finally {
    for (const name of ['v-trunk', 'v-access', 'v-shared'])
      await machine.must(['ovs-vsctl', '--if-exists', 'del-port', name]);
  }
});

it('scenario 4: a VLAN is free only after Neutron has confirmed the removal of the subport', async () => {
  const before = await pluggedNics(lab, 'vm-a');
  const id = await scene.a.run(NETWORK, '--net=none');
  const { used } = (await scene.status()).vlans;
  const fault = { kind: 'hang' } as const;
  const rule = await scene.proxy.addRule({ method: 'PUT', path: '/remove_subports$', times: 1, fault });
  await scene.a.remove(id);
  await rule.hit();
  expect(await pluggedNics(lab, 'vm-a')).toEqual(before);
  expect(await scene.status()).toMatchObject({ vlans: { used }, draining: 1 });
  await rule.release();
  await waitFor('the VLAN to be free', async () => (await scene.status()).vlans.used === used - 1);
});

/** Starts a container in VM-A and one in VM-B, and waits until the first reaches the second. */
async function pair() {
  const [container, peer] = [
    await scene.a.run(NETWORK, '--net=none'),
    await scene.b.run(NETWORK, '--net=none'),
  ];
  const address = (await scene.b.address(peer)) ?? '';
  await waitFor('an answer', () => scene.a.pings(container, address));
  return { container, address };
}

it('scenario 6: the trunk is deleted while a container runs: the agent creates it again with its subports', async () => {
  const { container, address } = await pair();
  // While the trunk exists, Neutron refuses to delete the parent port.
  expect((await scene.api.call('DELETE', `ports/${scene.vifId}`)).status).toBe(409);
  await scene.api.delete('trunk', (await scene.trunk()).id);
  await waitFor('the container to lose its network', async () => !(await scene.a.pings(container, address)));
  const repaired = await scene.agent.collectGarbage();
  // On a real Neutron, the NICs of the main job were subports of this trunk too, so there can be several.
  expect(new Set(repaired.map(({ kind }) => kind))).toEqual(new Set(['lost subport']));
  await waitFor('an answer', () => scene.a.pings(container, address));
  await scene.expectInOrder(1);
});

// A real Neutron does not allow tenants to nest ports without a trunk.
it.runIf(lab.state.apiKind === 'embedded')(
  'scenario 6: a parent port without a trunk cannot be deleted either while a container uses it, and traffic continues',
  async () => {
    // The agent of bob's VM is in port-binding mode.
    const bob = await Api.login(lab, 'bob');
    const c = new Vm(lab, 'vm-c');
    const network = await bob.createNetwork('parents', '10.177.0.0/24');
    const vif = lab.state.vms['vm-c']?.portId;
    try {
      const [one, other] = [await c.run('parents', '--net=none'), await c.run('parents', '--net=none')];
      const address = (await c.address(other)) ?? '';
      await waitFor('an answer', () => c.pings(one, address));
      const pinger = await Pinger.start(c, one, address);
      expect(await bob.list('trunk', `port_id=${vif}`)).toEqual([]);
      const refused = await bob.call('DELETE', `ports/${vif}`);
      expect([refused.status, refused.body['NeutronError']]).toMatchObject([
        409,
        { type: 'PortInUseAsParent' },
      ]);
      expect((await pinger.count()).lost).toEqual([]);
      expect(await bob.list('port', `id=${vif}`)).toHaveLength(1);
    } finally {
      await c.cleanUp();
      const ports = () => bob.list('port', `network_id=${network.id}`);
      await c.machine.run(['ovn-docker', 'pool', 'drain', 'parents']);
      await waitFor('the ports to be deleted', async () => (await ports()).length === 0);
      await bob.delete('network', network.id);
    }
  },
);

it('scenario 6: the VM moves to another hypervisor while containers run: they keep working', async () => {
  const { container, address } = await pair();
  const pinger = await Pinger.start(scene.a, container, address);
  await moveVm(lab, 'vm-a', 'hv1', 'hv2');
  try {
    // The move is complete when answers arrive again.
    await pinger.count();
    expect(await scene.runOnce()).toMatchObject({ code: 0 });
    await scene.expectInOrder(1);
  } finally {
    await moveVm(lab, 'vm-a', 'hv2', 'hv1');
  }
  await pinger.count();
  await scene.expectInOrder(1);
});
