import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { crash } from '../../support/daemons.ts';
import { Pinger } from '../../support/pinger.ts';
import { tagsOf } from '../../support/port-tags.ts';
import { TrunkScene } from '../../support/trunk-scene.ts';
import { LAB } from '../raise-lab.ts';

/** Changes and outages of Neutron while containers run: scenarios 11, 12, 14 and 15. */
const lab = openLab(LAB);
const NETWORK = 'changes';
let scene: TrunkScene;

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, '10.174.0.0/24');
});
afterEach(() => scene.tidy());
afterAll(() => scene.end());

it('scenario 11: a subnet without addresses left does not stall other networks', async () => {
  const small = await scene.api.createNetwork('small', '10.171.0.0/30');
  try {
    const id = await scene.a.run('small', '--net=none');
    const [refused, other] = await Promise.all([scene.runOnce('small'), scene.runOnce()]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('E_SUBNET_EXHAUSTED')]);
    expect(other).toMatchObject({ code: 0 });
    await Promise.all([scene.fill(2, 'small'), scene.fill(2)]);
    expect([(await scene.pool('small'))?.warm, (await scene.pool())?.warm]).toEqual([0, 2]);
    expect((await scene.pool('small'))?.paused).toContain('addresses of 10.171.0.0/30');
    await scene.a.remove(id);
  } finally {
    await scene.drain();
    await scene.api.deleteEmptyNetwork(small);
  }
});

it('scenario 12: another client deletes or changes a port that is warm or in use: no later container gets it', async () => {
  const restore = await scene.configure({ pool: { low: 0, high: 4 } });
  try {
    await scene.fill(3);
    const trunk = await scene.trunk();
    const warm = (await scene.ports()).filter((port) => tagsOf(port).includes('ovn-docker:plain'));
    const [deleted, changed] = warm;
    await scene.api.call('PUT', `trunks/${trunk.id}/remove_subports`, {
      sub_ports: [{ port_id: deleted?.id }],
    });
    await scene.api.delete('port', deleted?.id ?? '');
    await scene.api.call('PUT', `ports/${changed?.id}`, { port: { security_groups: [] } });
    const removed = await scene.agent.collectGarbage();
    expect(removed.map(({ kind }) => kind).toSorted()).toEqual(['changed port', 'lost port']);
    expect((await scene.pool())?.warm).toBe(1);

    const id = await scene.a.run(NETWORK, '--net=none');
    const inUse = (await scene.ports()).filter((port) => tagsOf(port).includes('ovn-docker:plain'));
    expect(inUse).toHaveLength(1);
    await scene.api.call('PUT', `ports/${inUse[0]?.id}`, { port: { security_groups: [] } });
    await scene.agent.collectGarbage();
    await scene.a.remove(id);
    await waitFor('the port to be deleted', async () =>
      (await scene.ports()).every((port) => port.id !== inUse[0]?.id),
    );
    expect((await scene.pool())?.warm).toBe(0);
  } finally {
    await scene.drain();
    await restore();
  }
});

/** Deletes the port with that address, as another client does. */
async function deletePort(address: string | undefined): Promise<void> {
  const port = (await scene.ports()).find(({ fixed_ips }) =>
    (fixed_ips as { ip_address: string }[]).some(({ ip_address }) => ip_address === address),
  );
  await scene.changeSubports('remove', [{ port_id: port?.id }]);
  await scene.api.delete('port', port?.id ?? '');
}

it.each([
  ['the agent that attached it', false],
  ['a new agent', true],
])(
  'scenario 12: a port is deleted while a container has it: %s keeps the other NICs, and nothing is left over',
  async (_, isNewAgent) => {
    const peer = await scene.b.run(NETWORK, '--net=none');
    const peerAddress = (await scene.b.address(peer)) ?? '';
    const bystander = await scene.a.run(NETWORK, '--net=none');
    const victims = [await scene.a.run(NETWORK, '--net=none'), await scene.a.run(NETWORK)];
    const pinger = await Pinger.start(scene.a, bystander, peerAddress);
    for (const id of victims) await deletePort(await scene.a.address(id));
    if (isNewAgent) await scene.agent.restart();
    const removed = await scene.agent.collectGarbage();
    if (!isNewAgent) expect(removed.map(({ kind }) => kind)).toEqual(['lost port', 'lost port']);
    // The next container does not get the deleted ports.
    const next = await scene.a.run(NETWORK, '--net=none');
    await waitFor('an answer', () => scene.a.pings(next, peerAddress));
    await scene.a.remove(...victims);
    await scene.expectInOrder(2);
    expect((await pinger.count()).lost).toEqual([]);
  },
);

// A real Neutron shows a subport of a trunk as ACTIVE even if no hypervisor has bound it.
it.runIf(lab.state.apiKind === 'embedded')(
  'scenario 12: a port stays DOWN: the agent removes it from its parent and adds it again; it works when its hypervisor does',
  async () => {
    const peer = await scene.b.run(NETWORK, '--net=none');
    const peerAddress = (await scene.b.address(peer)) ?? '';
    const other = await scene.a.run(NETWORK, '--net=none');
    await waitFor('an answer', () => scene.a.pings(other, peerAddress));
    const start = await crash(lab, 'hv1', 'ovn/ovn-controller');
    let id = '';
    try {
      // Without ovn-controller no hypervisor binds the port.
      id = await scene.a.run(NETWORK, '--net=none');
      const address = await scene.a.address(id);
      const downPort = async () =>
        (await scene.agent.collectGarbage()).find(({ kind }) => kind === 'down port');
      const report = await waitFor('a port to be found DOWN', downPort, 60_000);
      expect(report.what).toContain(address);
      expect(report.error).toBeUndefined();
    } finally {
      await lab.machine('hv1').must(start);
    }
    await waitFor('an answer', () => scene.a.pings(id, peerAddress));
    await scene.expectInOrder(2);
  },
);

it('scenario 12: a security group cannot be deleted while a warm NIC has it; afterwards its containers are refused, and others on the network start', async () => {
  const restore = await scene.configure({ pool: { low: 0, high: 4 } });
  const group = await scene.api.create('security_group', { name: 'changes-group' });
  const name = `neutron.net.name=${NETWORK}`;
  const options = ['-o', name, '--ipam-opt', name, '-o', `neutron.security_groups=${group.id}`];
  const subnet = ['--subnet', '10.174.0.0/24'];
  await scene.a.docker(
    'network',
    'create',
    '-d',
    'ovn',
    '--ipam-driver',
    'ovn',
    ...subnet,
    ...options,
    'changes-group',
  );
  try {
    const id = await scene.a.dockerRun('--network', 'changes-group');
    await scene.fill(2);
    const refused = await scene.api.call('DELETE', `security-groups/${group.id}`);
    expect([refused.status, refused.body['NeutronError']]).toMatchObject([
      409,
      { type: 'SecurityGroupInUse' },
    ]);
    await scene.a.remove(id);
    await scene.drain();
    await scene.api.delete('security_group', group.id);
    for (const isNewAgent of [false, true]) {
      if (isNewAgent) await scene.agent.restart();
      const run = ['docker', 'run', '--rm', '--network', 'changes-group', 'busybox:local', 'true'];
      const { code, stderr } = await scene.a.machine.run(run);
      expect([code, stderr]).toEqual([125, expect.stringContaining('E_SECURITY_GROUP_UNKNOWN')]);
      await expect(scene.fill(2)).rejects.toThrow('E_SECURITY_GROUP_UNKNOWN');
      expect(await scene.runOnce()).toMatchObject({ code: 0 });
    }
  } finally {
    await scene.a.cleanUp();
    await scene.a.removeUnstarted();
    await scene.a.docker('network', 'rm', 'changes-group');
    await scene.drain();
    await restore();
  }
});

it.each([
  ['the agent that used it', false],
  ['a new agent', true],
])(
  'scenario 12: a subnet cannot be deleted while it has warm NICs; afterwards %s uses the subnet in its place',
  async (_, isNewAgent) => {
    const restore = await scene.configure({
      pool: { low: 0, high: 4 },
      reconcile: { every: 1, patience: 1 },
    });
    const network = await scene.api.create('network', { name: 'changed' });
    const create = (cidr: string) =>
      scene.api.create('subnet', { network_id: network.id, cidr, ip_version: 4 });
    const before = await create('10.175.0.0/24');
    try {
      await scene.fill(2, 'changed');
      const refused = await scene.api.call('DELETE', `subnets/${before.id}`);
      expect([refused.status, refused.body['NeutronError']]).toMatchObject([409, { type: 'SubnetInUse' }]);
      await scene.drain();
      await scene.api.delete('subnet', before.id);
      await create('10.176.0.0/24');
      if (isNewAgent) await scene.agent.restart();
      else await waitFor('the pool to be removed', async () => (await scene.pool('changed')) === undefined);
      const id = await scene.a.run('changed', '--net=none');
      expect(await scene.a.address(id)).toMatch(/^10\.176\.0\./);
      await scene.a.remove(id);
    } finally {
      await scene.a.cleanUp();
      await scene.drain();
      await scene.api.deleteEmptyNetwork(network);
      await restore();
    }
  },
);

it('scenario 14: while Neutron is down, containers start from the warm pool and end at once; the agent finishes the releases when Neutron is up again', async () => {
  const restore = await scene.configure({ pool: { low: 0, high: 4 } });
  try {
    const id = await scene.a.run(NETWORK);
    await scene.fill(2);
    const peer = await scene.b.run(NETWORK, '--net=none');
    const address = (await scene.b.address(peer)) ?? '';
    await scene.proxy.stop();
    try {
      const none = await scene.a.run(NETWORK, '--net=none');
      const driver = await scene.a.dockerRun('--network', NETWORK);
      for (const container of [none, driver])
        await waitFor('an answer', () => scene.a.pings(container, address));
      // No warm NIC is left, and the agent cannot ask Neutron.
      expect((await scene.runOnce()).stderr).toContain('E_API_UNREACHABLE');
      const plugged = (await pluggedNics(lab, 'vm-a')).length;
      await scene.a.remove(none, driver, id);
      const areUnplugged = async () => (await pluggedNics(lab, 'vm-a')).length === plugged - 3;
      await waitFor('the NICs to be unplugged', areUnplugged);
    } finally {
      await scene.proxy.resume();
    }
    await scene.drain();
    await waitFor('the releases to be finished', async () => (await scene.status()).draining === 0);
  } finally {
    await scene.drain();
    await restore();
  }
});

it('scenario 14: the agent restarts while Neutron is down: containers keep their traffic, new ones start with warm NICs, those on other networks are refused with the reason, and later the agent knows all NICs', async () => {
  const restore = await scene.configure({ pool: { low: 0, high: 4 } });
  try {
    const peer = await scene.b.run(NETWORK, '--net=none');
    const [none, driver] = [await scene.a.run(NETWORK, '--net=none'), await scene.a.run(NETWORK)];
    const pinger = await Pinger.start(scene.a, none, (await scene.b.address(peer)) ?? '');
    await scene.fill(2);
    const ids = async () => (await scene.ports()).map(({ id }) => id).toSorted();
    const before = await ids();
    await scene.proxy.stop();
    try {
      await scene.agent.restart();
      expect(await scene.runOnce()).toMatchObject({ code: 0 });
      // Neutron would have to find the network.
      expect((await scene.runOnce('unknown')).stderr).toContain('E_API_UNREACHABLE');
      // Removing a container does not need Neutron.
      await scene.a.remove(driver);
    } finally {
      await scene.proxy.resume();
    }
    await scene.agent.collectGarbage();
    expect([await ids(), (await scene.pool())?.warm]).toEqual([before, 3]);
    expect(await scene.runOnce()).toMatchObject({ code: 0 });
    expect((await pinger.count()).lost).toEqual([]);
  } finally {
    await scene.a.cleanUp();
    await scene.drain();
    await restore();
  }
});

it('scenario 15: on a network with a SLAAC subnet the agent creates ports one by one, not in bulk', async () => {
  const network = await scene.api.createNetwork('slaac', '10.172.0.0/24');
  const modes = { ipv6_address_mode: 'slaac', ipv6_ra_mode: 'slaac' };
  await scene.api.create('subnet', {
    network_id: network.id,
    cidr: 'fd00:172::/64',
    ip_version: 6,
    ...modes,
  });
  try {
    await scene.proxy.forgetCalls();
    await scene.fill(3, 'slaac');
    expect([(await scene.pool('slaac'))?.warm, (await scene.proxy.counts())['POST /v2.0/ports']]).toEqual([
      3, 3,
    ]);
    expect(await scene.runOnce('slaac')).toMatchObject({ code: 0 });
  } finally {
    await scene.drain();
    await scene.api.deleteEmptyNetwork(network);
  }
});
