import type { Port } from '@ovn-docker/openstack';
import { afterEach, expect, it, vi } from 'vitest';
import { booksOf, createWorld, restart, VIF, type World } from '../../test/support/world.ts';
import type { DockerEngine } from '../clients/docker-engine.ts';
import { portTags } from '../clients/neutron/port-tags.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { Reconciler } from './reconcile.ts';

const NOTHING = booksOf(0);
const PATIENCE = { driver: 'ovn', patienceMs: 60_000 };

/** One warm NIC, and one of a stopped `--net=none` container. */
async function scene() {
  const world = createWorld();
  await fillPool(world.engine, world.pool, 2);
  await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label: 'l' } });
  return world;
}

function reconcilerOf({ engine }: World): Reconciler {
  const labelled = [{ id: 'container', label: 'l', isRunning: false, endpoints: [], labels: {} }];
  const docker: Pick<DockerEngine, 'networks' | 'containersWithLabel' | 'running'> = {
    networks: async () => new Map(),
    containersWithLabel: async () => labelled,
    running: async () => undefined,
  };
  return new Reconciler(engine, docker as unknown as DockerEngine, PATIENCE);
}

const kinds = async (reconciler: Reconciler) => (await reconciler.run()).map(({ finding }) => finding.kind);

afterEach(() => {
  vi.useRealTimers();
});

it.each(['warm', 'claimed'])(
  'scenario 12: a user deletes the port of a %s NIC while no agent runs: its other parts are removed',
  async (initial) => {
    const world = await scene();
    const nic = world.engine.nics.all().find(({ state }) => state === initial);
    world.neutron.ports.delete(nic?.port?.id ?? '');
    world.neutron.subports.delete(nic?.port?.id ?? '');
    const next = await restart(world);
    expect(await kinds(reconcilerOf(next))).toEqual(['stray row', 'stray interface']);
    // The second pass frees the VLAN, which the row still used in the first.
    expect(await kinds(reconcilerOf(next))).toEqual([]);
    const one = booksOf(1);
    expect([next.books(), next.pool.warm]).toEqual([one, initial === 'warm' ? 0 : 1]);
  },
);

it("scenario 12: a user deletes all of the agent's ports in Neutron while no agent runs: nothing is left", async () => {
  const world = await scene();
  world.neutron.ports.clear();
  world.neutron.subports.clear();
  const next = await restart(world);
  const reconciler = reconcilerOf(next);
  await reconciler.run();
  await reconciler.run();
  expect(next.books()).toEqual(NOTHING);
});

it('scenario 32: after the switch is wiped, a container keeps its NIC, and the new row has the claim', async () => {
  const world = await scene();
  const before = world.engine.nics.withLabel('l');
  world.vmSwitch.rows.clear();
  const next = await restart(world);
  await reconcilerOf(next).run();
  const used = next.engine.nics.withLabel('l');
  expect([used?.id, used?.port?.id, next.pool.warm]).toEqual([before?.id, before?.port?.id, 1]);
  const again = await restart(next);
  expect(again.engine.nics.withLabel('l')?.state).toBe('claimed');
});

it.each<[string, Partial<Port>]>([
  ['changes', { tags: [portTags.vif(VIF), portTags.nic('web')] }],
  ['removes', { tags: [] }],
])(
  'scenario 12: a user %s Neutron tags: every container keeps its NIC, also after a restart',
  async (_, change) => {
    const world = await scene();
    for (const port of world.neutron.ports.values()) world.neutron.ports.set(port.id, { ...port, ...change });
    expect(await kinds(reconcilerOf(world))).toEqual([]);
    const next = await restart(world);
    await reconcilerOf(next).run();
    const used = next.engine.nics.withLabel('l');
    expect([used?.id, used?.state]).toEqual([world.engine.nics.withLabel('l')?.id, 'claimed']);
    expect(next.vmSwitch.port(`ovn-${used?.vlan}`)).toBeDefined();
    expect(next.links.link(`ovn-${used?.vlan}`)).toBeDefined();
  },
);

it('scenario 12: a port that stays DOWN is reattached three times and then reported once', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const world = await scene();
  const used = world.engine.nics.withLabel('l');
  const id = used?.port?.id ?? '';
  const setStatus = (portId: string, status: string) =>
    world.neutron.ports.set(portId, { ...world.neutron.ports.get(portId), status, id: portId } as Port);
  const others = [...world.neutron.ports.keys()].filter((port) => port !== id);
  for (const port of [VIF, ...others]) setStatus(port, 'ACTIVE');
  setStatus(id, 'DOWN');
  const reconciler = reconcilerOf(world);
  const reported: string[] = [];
  for (let minute = 0; minute < 6; minute++) {
    if (minute > 0) vi.advanceTimersByTime(PATIENCE.patienceMs);
    reported.push(...(await kinds(reconciler)));
  }
  expect(reported).toEqual(['down port', 'down port', 'down port', 'dead port']);
  expect([used?.state, used?.isSpent, world.neutron.subports.has(id)]).toEqual(['claimed', true, true]);
  // While the VM's own port is DOWN, the agent cannot help.
  setStatus(id, 'ACTIVE');
  await reconciler.run();
  setStatus(id, 'DOWN');
  setStatus(VIF, 'DOWN');
  for (const _minute of [7, 8, 9]) {
    vi.advanceTimersByTime(PATIENCE.patienceMs);
    expect(await kinds(reconciler)).toEqual([]);
  }
});

it.each([
  ['forward', 24 * 3_600_000],
  ['back', -24 * 3_600_000],
])(
  "scenario 40: the system's clock jumps %s: a claim waits as long as before for its container",
  async (_, jump) => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const world = createWorld();
    await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: {} });
    vi.setSystemTime(Date.now() + jump);
    const reconciler = reconcilerOf(world);
    expect(await kinds(reconciler)).toEqual([]);
    vi.advanceTimersByTime(PATIENCE.patienceMs);
    expect(await kinds(reconciler)).toEqual([]);
    expect(await kinds(reconciler)).toEqual(['unused claim']);
  },
);

it("scenario 40: the clock was set forward while the agent was restarted: its first pass keeps a starting container's NIC", async () => {
  const world = createWorld();
  const nic = await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: {} });
  Object.assign(nic.claim ?? {}, { since: 0 });
  expect(await kinds(reconcilerOf(world))).toEqual([]);
  expect(nic.state).toBe('claimed');
});

/** Starts the first pass of a new agent, and holds one call to Neutron. */
async function startPass(world: World, marks: { high: number }, heldCall: string) {
  const next = await restart(world, { marks });
  const gate = next.neutron.hold(heldCall);
  const recognised = Promise.withResolvers<void>();
  const pass = reconcilerOf(next).run({ onRecognised: recognised.resolve });
  return { next, gate, pass, recognised: recognised.promise };
}

it('serving does not wait until leftovers are deleted, and a stopped container has its pair by then', async () => {
  const world = await scene();
  const leftovers = world.engine.nics.all().filter(({ state }) => state === 'warm');
  world.links.byName.clear();
  const { next, gate, pass, recognised } = await startPass(world, { high: 0 }, 'trunks.removeSubports');
  await recognised;
  await gate.arrived;
  const used = next.engine.nics.withLabel('l');
  expect([used?.state, next.links.byName.has(`ovn-${used?.vlan}`)]).toEqual(['claimed', true]);
  expect(leftovers.map(({ id }) => next.engine.nics.get(id))).toEqual([undefined]);
  expect([...next.engine.draining].map(({ id }) => id)).toEqual(leftovers.map(({ id }) => id));
  gate.open();
  expect((await pass).map(({ finding }) => finding.kind)).toContain('leftover NIC');
  expect(next.engine.draining.size).toBe(0);
});

it('a leftover with a chosen address is deleted before a container can request the address again', async () => {
  const world = createWorld();
  const wants = { name: '', addresses: ['10.0.0.99'] };
  await acquire(world.engine, { pool: world.pool, wants, claim: {} });
  world.vmSwitch.rows.clear();
  world.links.byName.clear();
  const { next, gate, pass, recognised } = await startPass(world, { high: 8 }, 'trunks.removeSubports');
  const first = await Promise.race([recognised.then(() => 'served'), gate.arrived.then(() => 'removed')]);
  gate.open();
  await pass;
  expect([first, next.books()]).toEqual(['removed', NOTHING]);
});

it.each<[string, (world: World) => void]>([
  ['subport was removed', ({ neutron }) => neutron.subports.clear()],
  [
    'VLAN was changed',
    ({ vmSwitch }) => {
      for (const [name, row] of vmSwitch.rows) vmSwitch.rows.set(name, { ...row, vlan: 77 });
    },
  ],
])('a NIC whose %s while no agent ran becomes warm only after its repair', async (_, change) => {
  const world = createWorld();
  await fillPool(world.engine, world.pool, 1);
  change(world);
  const next = await restart(world);
  expect(next.pool.take()).toBeUndefined();
  await reconcilerOf(next).run();
  await next.pool.whenMade();
  const nic = next.pool.take();
  const row = next.vmSwitch.rows.get(`ovn-${nic?.vlan}`);
  const { segmentation_id: carried } = next.neutron.subports.get(nic?.port?.id ?? '') ?? {};
  expect([nic?.state, row?.vlan, carried]).toEqual(['warm', nic?.vlan, nic?.vlan]);
});

it('catchUp aligns NICs with their containers without a request to Neutron, once a pass has seen Docker', async () => {
  const world = await scene();
  const used = world.engine.nics.withLabel('l');
  world.links.byName.clear();
  world.neutron.away = new Error('away');
  const reconciler = reconcilerOf(world);
  // Before a pass has seen Docker, it runs a whole pass.
  await expect(reconciler.catchUp({ isSeen: true })).rejects.toThrow('away');
  world.neutron.away = undefined;
  await reconciler.run();
  world.neutron.away = new Error('away');
  world.links.byName.clear();
  await reconciler.catchUp({ isSeen: true });
  expect([...world.links.byName.keys()]).toContain(`ovn-${used?.vlan}`);
});

it('scenario 44: catchUp aligns NICs with their containers also when its pass fails because Neutron is away', async () => {
  const world = await scene();
  const used = world.engine.nics.withLabel('l');
  world.links.byName.clear();
  world.neutron.away = new Error('away');
  await expect(reconcilerOf(world).catchUp()).rejects.toThrow('away');
  expect([...world.links.byName.keys()]).toContain(`ovn-${used?.vlan}`);
});
