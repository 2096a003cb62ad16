import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { createWorld, restart, VIF } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { readClaim } from '../nics/claim-notes.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { isWhole, labelOnPair } from '../nics/veth-pair.ts';
import { fillPool } from '../pools/fill-pool.ts';
import type { ParentMode } from '../vm/parent-link/parent-mode.ts';
import type { DefectKind, SingleFinding } from './finding.ts';
import { putRight } from './put-right.ts';

const NOTHING = { ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 };
const ONE = { ports: 1, subports: 1, rows: 1, links: 1, vlans: 1, nics: 1 };
const text = { what: '', evidence: '', action: '' };

async function withWarm(mode: ParentMode = 'trunk') {
  const world = createWorld({ mode });
  await fillPool(world.engine, world.pool, 1);
  const [nic] = world.engine.nics.all();
  if (!nic) throw new Error('no NIC');
  const claim = (label = 'l') =>
    acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label } });
  return { ...world, nic, claim, vmEnd: interfaceNames(nic.vlan ?? 0).vmEnd };
}
type Scene = Awaited<ReturnType<typeof withWarm>>;

const ofNic = (kind: DefectKind, nic: Nic) => ({ ...text, kind, nic }) as SingleFinding;

it.each(['lost port', 'changed port', 'dead port'] as const)(
  '%s: a warm NIC goes, one that is claimed by then stays',
  async (kind) => {
    const warm = await withWarm();
    await putRight(warm.engine, ofNic(kind, warm.nic));
    expect(warm.books()).toEqual(NOTHING);

    const late = await withWarm();
    const putting = putRight(late.engine, ofNic(kind, late.nic));
    // Somebody is quicker than the reconciler's turn.
    const nic = await late.claim();
    await putting;
    expect([nic, nic.state, nic.isSpent, late.books()]).toEqual([late.nic, 'claimed', true, ONE]);
  },
);

const damages: [kind: DefectKind, damage: (scene: Scene) => void][] = [
  ['lost subport', ({ neutron }) => neutron.subports.clear()],
  ['unplugged', ({ vmSwitch }) => vmSwitch.rows.clear()],
  ['broken pair', ({ links, vmEnd }) => links.deleteLink(vmEnd)],
];

it.each(damages)('%s: nobody gets the warm NIC while it is mended', async (kind, damage) => {
  const scene = await withWarm();
  damage(scene);
  const mending = putRight(scene.engine, ofNic(kind, scene.nic));
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
  await putRight(scene.engine, ofNic(kind, nic));
  expect([nic.state, nic.claim?.label, scene.books()]).toEqual(['claimed', 'l', ONE]);
});

const another = { port_id: 'another', segmentation_type: 'vlan', segmentation_id: 4000 };

it.each(['down port', 'moved subport'] as const)(
  '12. %s: it is taken from the trunk and added under its own VLAN, in use as it is',
  async (kind) => {
    const scene = await withWarm();
    const nic = await scene.claim();
    const id = nic.port?.id ?? '';
    if (kind === 'moved subport') scene.neutron.subports.set(id, { ...another, port_id: id });
    scene.neutron.calls.length = 0;
    await putRight(scene.engine, ofNic(kind, nic));
    expect(scene.neutron.calls).toEqual(['trunks.removeSubports', 'trunks.addSubports']);
    expect(scene.neutron.subports.get(id)?.segmentation_id).toBe(nic.vlan);
    expect([nic.state, scene.books()]).toEqual(['claimed', ONE]);
  },
);

it.each(['down port', 'lost binding'] as const)(
  '12. %s with port binding: parent and VLAN are said again',
  async (kind) => {
    const scene = await withWarm('port-binding');
    const nic = await scene.claim();
    const id = nic.port?.id ?? '';
    const port = scene.neutron.ports.get(id);
    const theirs = kind === 'lost binding' ? {} : { parent_name: VIF, tag: nic.vlan };
    if (port)
      scene.neutron.ports.set(id, { ...port, 'binding:profile': { of: 'somebody', ...theirs } } as Port);
    scene.neutron.calls.length = 0;
    await putRight(scene.engine, ofNic(kind, nic));
    const profile = { of: 'somebody', parent_name: VIF, tag: nic.vlan };
    expect(scene.neutron.ports.get(id)?.['binding:profile']).toEqual(profile);
    const updates = scene.neutron.calls.filter((call) => call === 'ports.update');
    expect(updates).toHaveLength(kind === 'down port' ? 2 : 1);
  },
);

it('32. wrong tag: the row has its own again, and so has the next agent', async () => {
  const scene = await withWarm();
  await scene.claim();
  const { vlan = 0 } = scene.nic;
  await scene.vm.vmSwitch.retag(scene.vmEnd, vlan + 2);
  const [after] = (await restart(scene)).engine.nics.all();
  expect(after?.vlan).toBe(vlan);
  await putRight(scene.engine, ofNic('wrong VLAN', scene.nic));
  expect(scene.vmSwitch.port(scene.vmEnd)?.vlan).toBe(vlan);
});

it('12. a NIC of which it becomes known on its way back that its port was changed goes', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  const finishing = finish(scene.engine, nic);
  await Promise.resolve();
  expect(nic.state).toBe('making');
  await putRight(scene.engine, ofNic('changed port', nic));
  await finishing;
  await scene.pool.whenMade();
  expect([scene.pool.warm, scene.books()]).toEqual([0, NOTHING]);
});

it('a warm NIC that cannot be mended goes', async () => {
  const scene = await withWarm();
  scene.neutron.subports.clear();
  scene.neutron.fail('trunks.addSubports', refusal(409, 'TrunkDisabled'));
  await expect(putRight(scene.engine, ofNic('lost subport', scene.nic))).rejects.toMatchObject({
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
  await expect(putRight(scene.engine, ofNic('lost subport', nic))).rejects.toThrow('DuplicateSubPort');
  expect([nic.vlan, scene.vmSwitch.port(scene.vmEnd)?.vlan]).toEqual([vlan, vlan]);
});

it('what was unused when it was looked at, and is used now, is left alone', async () => {
  const scene = await withWarm();
  const nic = await acquire(scene.engine, { pool: scene.pool, wants: { name: '' }, claim: {} });
  const { claim } = nic;
  if (!claim) throw new Error('no claim');
  claim.endpointId = 'e';
  await putRight(scene.engine, { ...text, kind: 'unused claim', nic, claim });
  expect(nic.state).toBe('claimed');
  const former = { ...claim };
  await putRight(scene.engine, { ...text, kind: 'dead endpoint', nic, claim: former, endpointId: 'e' });
  expect(nic.state).toBe('claimed');
  await putRight(scene.engine, { ...text, kind: 'dead endpoint', nic, claim, endpointId: 'e' });
  await scene.pool.whenMade();
  expect(nic.state).toBe('warm');
});

it('a stray whose VLAN is another NIC’s by now takes nothing of that along', async () => {
  const scene = await withWarm();
  const { vlan = 0, port } = scene.nic;
  const { alias = '' } = scene.links.link(scene.vmEnd) ?? {};
  const state = scene.engine;
  await putRight(state, { ...text, kind: 'stray row', name: scene.vmEnd, nicId: 'former' });
  await putRight(state, { ...text, kind: 'stray interface', name: scene.vmEnd, alias: 'ovn-docker former' });
  if (!port) throw new Error('no port');
  const stray = await scene.engine.neutron.ports.create({
    network_id: port.network_id,
    tags: ['ovn-docker', 'ovn-docker:vif=vif-1', 'ovn-docker:nic=former'],
    'binding:profile': { parent_name: 'vif-1', tag: vlan },
  });
  await putRight(state, { ...text, kind: 'stray port', port: stray });
  expect([scene.books(), scene.pool.warm]).toEqual([ONE, 1]);
  await putRight(state, { ...text, kind: 'stray interface', name: scene.vmEnd, alias });
  expect(scene.books().links).toBe(0);
});

it('a stray port of which a NIC of ours has the mark by now is left alone', async () => {
  const scene = await withWarm();
  if (!scene.nic.port) throw new Error('no port');
  await putRight(scene.engine, { ...text, kind: 'stray port', port: scene.nic.port });
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
    await putRight(scene.engine, { ...text, kind: 'found NIC', nic, claim });
    expect(readClaim(scene.vmSwitch.port(scene.vmEnd)?.externalIds ?? {})).toMatchObject(claim);
    expect(labelOnPair(nic, scene.vm)).toBe('asked');
  },
);

it('32. a warm NIC bears the label of its container on its pair for as long as that has it, a new pair too', async () => {
  const scene = await withWarm();
  const nic = await scene.claim('asked');
  expect(labelOnPair(nic, scene.vm)).toBe('asked');
  scene.links.deleteLink(scene.vmEnd);
  await putRight(scene.engine, ofNic('broken pair', nic));
  expect(labelOnPair(nic, scene.vm)).toBe('asked');
  await finish(scene.engine, nic);
  await scene.pool.whenMade();
  expect([nic.state, labelOnPair(nic, scene.vm)]).toEqual(['warm', undefined]);
});

it('its label is on the new pair before the row of the old one goes, and stays when the switch fails then', async () => {
  const scene = await withWarm();
  const nic = await scene.claim('asked');
  scene.links.deleteLink(scene.vmEnd);
  const { unplug } = scene.vmSwitch;
  const seen: unknown[] = [];
  scene.vmSwitch.unplug = () => {
    seen.push(scene.vmSwitch.port(scene.vmEnd) !== undefined, labelOnPair(nic, scene.vm));
    return Promise.reject(new Error('gone'));
  };
  await expect(putRight(scene.engine, ofNic('broken pair', nic))).rejects.toThrow('gone');
  expect(seen.slice(0, 2)).toEqual([true, 'asked']);
  expect([labelOnPair(nic, scene.vm), isWhole(nic, scene.vm)]).toEqual(['asked', false]);
  scene.vmSwitch.unplug = unplug;
  await putRight(scene.engine, ofNic('broken pair', nic));
  expect([labelOnPair(nic, scene.vm), isWhole(nic, scene.vm)]).toEqual(['asked', true]);
});
