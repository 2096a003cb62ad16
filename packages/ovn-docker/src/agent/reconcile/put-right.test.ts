import { expect, it } from 'vitest';
import { lost, refusal } from '../../../test/support/fake-neutron.ts';
import { createWorld } from '../../../test/support/world.ts';
import { acquire } from '../../attach/acquire.ts';
import { fillPool } from '../../attach/fill-pool.ts';
import { finish } from '../../attach/finish.ts';
import { labelOnPair } from '../../attach/make-veth.ts';
import { readClaim } from '../../nics/claim-notes.ts';
import { interfaceNames } from '../../nics/names.ts';
import type { Nic } from '../../nics/nic.ts';
import type { Finding } from './finding.ts';
import { putRight } from './put-right.ts';

const NOTHING = { ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 };
const ONE = { ports: 1, subports: 1, rows: 1, links: 1, vlans: 1, nics: 1 };
const text = { what: '', evidence: '', action: '' };

async function withWarm() {
  const world = createWorld();
  await fillPool(world.pool, world.state, 1);
  const [nic] = world.state.nics.all();
  if (!nic) throw new Error('no NIC');
  const claim = (label = 'l') =>
    acquire(world.state, { pool: world.pool, wants: { name: '' }, claim: { label } });
  return { ...world, nic, claim, vmEnd: interfaceNames(nic.vlan ?? 0).vmEnd };
}
type Scene = Awaited<ReturnType<typeof withWarm>>;

const ofNic = (kind: 'lost port' | 'changed port' | 'lost subport' | 'unplugged' | 'broken pair', nic: Nic) =>
  ({ ...text, kind, nic }) as Finding;

it.each(['lost port', 'changed port'] as const)(
  '%s: a warm NIC goes, one that is claimed by then stays',
  async (kind) => {
    const warm = await withWarm();
    await putRight(ofNic(kind, warm.nic), warm.state);
    expect(warm.books()).toEqual(NOTHING);

    const late = await withWarm();
    const putting = putRight(ofNic(kind, late.nic), late.state);
    // Somebody is quicker than the reconciler's turn.
    const nic = await late.claim();
    await putting;
    expect([nic, nic.state, nic.isSpent, late.books()]).toEqual([late.nic, 'claimed', true, ONE]);
  },
);

const damages: [kind: 'lost subport' | 'unplugged' | 'broken pair', damage: (scene: Scene) => void][] = [
  ['lost subport', ({ neutron }) => neutron.subports.clear()],
  ['unplugged', ({ vmSwitch }) => vmSwitch.rows.clear()],
  ['broken pair', ({ links, vmEnd }) => links.deleteLink(vmEnd)],
];

it.each(damages)('%s: nobody gets the warm NIC while it is mended', async (kind, damage) => {
  const scene = await withWarm();
  damage(scene);
  const mending = putRight(ofNic(kind, scene.nic), scene.state);
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect([scene.pool.warm, scene.pool.making]).toEqual([0, 1]);
  const other = await scene.claim();
  await mending;
  expect(other).not.toBe(scene.nic);
  expect([scene.pool.take(), scene.books().ports, scene.books().links]).toEqual([scene.nic, 2, 2]);
});

it.each(damages)('%s: a claimed NIC is mended where it is, with its claim', async (kind, damage) => {
  const scene = await withWarm();
  const nic = await scene.claim();
  damage(scene);
  await putRight(ofNic(kind, nic), scene.state);
  expect([nic.state, nic.claim?.label, scene.books()]).toEqual(['claimed', 'l', ONE]);
});

it('a warm NIC that cannot be mended goes', async () => {
  const scene = await withWarm();
  scene.neutron.subports.clear();
  scene.neutron.fail('trunks.addSubports', refusal(409, 'TrunkDisabled'));
  await expect(putRight(ofNic('lost subport', scene.nic), scene.state)).rejects.toMatchObject({
    code: 'E_TRUNK',
  });
  expect([scene.pool.warm, scene.pool.making, scene.books()]).toEqual([0, 0, NOTHING]);
});

it('6. the VLAN of a lost subport is somebody else’s now: the NIC in use keeps its own, and the error says so', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  const { vlan = 0 } = nic;
  scene.neutron.subports.clear();
  scene.neutron.subports.set('foreign', {
    port_id: 'foreign',
    segmentation_type: 'vlan',
    segmentation_id: vlan,
  });
  await expect(putRight(ofNic('lost subport', nic), scene.state)).rejects.toThrow('DuplicateSubPort');
  expect([nic.vlan, scene.vmSwitch.port(scene.vmEnd)?.vlan]).toEqual([vlan, vlan]);
});

it('what was unused when it was looked at, and is used now, is left alone', async () => {
  const scene = await withWarm();
  const nic = await acquire(scene.state, { pool: scene.pool, wants: { name: '' }, claim: {} });
  const { claim } = nic;
  if (!claim) throw new Error('no claim');
  claim.endpointId = 'e';
  await putRight({ ...text, kind: 'unused claim', nic, claim }, scene.state);
  expect(nic.state).toBe('claimed');
  const former = { ...claim };
  await putRight({ ...text, kind: 'dead endpoint', nic, claim: former, endpointId: 'e' }, scene.state);
  expect(nic.state).toBe('claimed');
  await putRight({ ...text, kind: 'dead endpoint', nic, claim, endpointId: 'e' }, scene.state);
  expect(nic.state).toBe('warm');
});

it('a stray whose VLAN is another NIC’s by now takes nothing of that along', async () => {
  const scene = await withWarm();
  const { vlan = 0, port } = scene.nic;
  const { alias = '' } = scene.links.link(scene.vmEnd) ?? {};
  const state = scene.state;
  await putRight({ ...text, kind: 'stray row', name: scene.vmEnd, nicId: 'former' }, state);
  await putRight({ ...text, kind: 'stray interface', name: scene.vmEnd, alias: 'ovn-docker former' }, state);
  if (!port) throw new Error('no port');
  const stray = await scene.state.neutron.ports.create({
    network_id: port.network_id,
    tags: ['ovn-docker', 'ovn-docker:vif=vif-1', 'ovn-docker:nic=former'],
    'binding:profile': { parent_name: 'vif-1', tag: vlan },
  });
  await putRight({ ...text, kind: 'stray port', port: stray }, state);
  expect([scene.books(), scene.pool.warm]).toEqual([ONE, 1]);
  await putRight({ ...text, kind: 'stray interface', name: scene.vmEnd, alias }, state);
  expect(scene.books().links).toBe(0);
});

it('a stray port of which a NIC of ours has the mark by now is left alone', async () => {
  const scene = await withWarm();
  if (!scene.nic.port) throw new Error('no port');
  await putRight({ ...text, kind: 'stray port', port: scene.nic.port }, scene.state);
  expect(scene.books()).toEqual(ONE);
});

it.each([true, false])(
  '32. whose a found NIC is stands on its row and its pair afterwards; a row is there: %s',
  async (hasRow) => {
    const scene = await withWarm();
    const { nic } = scene;
    scene.pool.drop(nic);
    nic.state = 'found';
    if (!hasRow) scene.vmSwitch.rows.clear();
    const claim = { label: 'asked', containerId: 'c' };
    await putRight({ ...text, kind: 'found NIC', nic, claim }, scene.state);
    expect(readClaim(scene.vmSwitch.port(scene.vmEnd)?.externalIds ?? {})).toMatchObject(claim);
    expect(labelOnPair(nic, scene.vm)).toBe('asked');
  },
);

it('32. a warm NIC bears the label of its container on its pair for as long as that has it, a new pair too', async () => {
  const scene = await withWarm();
  const nic = await scene.claim('asked');
  expect(labelOnPair(nic, scene.vm)).toBe('asked');
  scene.links.deleteLink(scene.vmEnd);
  await putRight(ofNic('broken pair', nic), scene.state);
  expect(labelOnPair(nic, scene.vm)).toBe('asked');
  await finish(nic, scene.state);
  expect([nic.state, labelOnPair(nic, scene.vm)]).toEqual(['warm', undefined]);
});

it('a found NIC is warm, or goes when it cannot be renewed', async () => {
  const scene = await withWarm();
  const found = async () => {
    scene.pool.drop(scene.nic);
    scene.nic.state = 'found';
    scene.vmSwitch.rows.clear();
    scene.neutron.subports.clear();
    await scene.vm.trunk.subports();
    await putRight({ ...text, kind: 'found NIC', nic: scene.nic }, scene.state);
  };
  await found();
  expect([scene.pool.warm, scene.books()]).toEqual([1, ONE]);
  scene.neutron.fail('trunks.addSubports', lost('not-sent'));
  await expect(found()).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  expect([scene.pool.warm, scene.pool.making, scene.books()]).toEqual([0, 0, NOTHING]);
});
