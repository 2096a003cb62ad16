import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { booksOf, createWorld, restart, VIF } from '../../test/support/world.ts';
import { detach } from '../attach/attach.ts';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { renew } from '../lifecycle/renew.ts';
import { readClaim } from '../nics/claim-notes.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { isWhole, labelOnPair } from '../nics/veth-pair.ts';
import { fillPool } from '../pools/fill-pool.ts';
import type { ParentMode } from '../vm/parent-link/parent-mode.ts';
import type { DefectKind, SingleFinding } from './finding.ts';
import { putRight } from './put-right.ts';

const NOTHING = booksOf(0);
const ONE = booksOf(1);
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

function setStatus({ neutron }: Scene, { port }: Nic, status: 'ACTIVE' | 'DOWN'): void {
  Object.assign(neutron.ports.get(port?.id ?? '') ?? {}, { status });
}

const defectOf = (kind: DefectKind, nic: Nic) => ({ ...text, kind, nic }) as SingleFinding;

it.each(['lost port', 'changed port', 'dead port', 'shared VLAN'] as const)(
  '%s: a warm NIC is deleted, a NIC that was claimed meanwhile stays',
  async (kind) => {
    const warm = await withWarm();
    await putRight(warm.engine, defectOf(kind, warm.nic));
    expect(warm.books()).toEqual(NOTHING);

    const late = await withWarm();
    const putting = putRight(late.engine, defectOf(kind, late.nic));
    // The container claims the NIC before the reconciler's turn.
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

it.each(damages)('%s: no container gets the warm NIC while it is being repaired', async (kind, damage) => {
  const scene = await withWarm();
  damage(scene);
  const repairing = putRight(scene.engine, defectOf(kind, scene.nic));
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect([scene.pool.warm, scene.pool.making]).toEqual([0, 1]);
  const other = await scene.claim();
  await repairing;
  expect(other).not.toBe(scene.nic);
  expect([scene.pool.take(), scene.books().ports, scene.books().links]).toEqual([scene.nic, 2, 2]);
});

it.each(damages)('%s: a claimed NIC is repaired in place and keeps its claim', async (kind, damage) => {
  const scene = await withWarm();
  const nic = await scene.claim();
  damage(scene);
  await putRight(scene.engine, defectOf(kind, nic));
  expect([nic.state, nic.claim?.label, scene.books()]).toEqual(['claimed', 'l', ONE]);
});

it.each(['down port', 'moved subport'] as const)(
  'scenario 12: %s: the port is removed from the trunk and added under its own VLAN, also in use',
  async (kind) => {
    const scene = await withWarm();
    const nic = await scene.claim();
    const id = nic.port?.id ?? '';
    const moved = { port_id: id, segmentation_type: 'vlan', segmentation_id: 4000 };
    if (kind === 'moved subport') scene.neutron.subports.set(id, moved);
    setStatus(scene, nic, 'DOWN');
    scene.neutron.calls.length = 0;
    await putRight(scene.engine, defectOf(kind, nic));
    const changes = scene.neutron.calls.filter((call) => call !== 'ports.get');
    expect(changes).toEqual(['trunks.removeSubports', 'trunks.addSubports']);
    expect(scene.neutron.subports.get(id)?.segmentation_id).toBe(nic.vlan);
    expect([nic.state, scene.books()]).toEqual(['claimed', ONE]);
  },
);

it.each(['down port', 'lost binding'] as const)(
  'scenario 12: %s with port binding: parent and VLAN are written again',
  async (kind) => {
    const scene = await withWarm('port-binding');
    const nic = await scene.claim();
    const id = nic.port?.id ?? '';
    const port = scene.neutron.ports.get(id);
    const parent = kind === 'lost binding' ? {} : { parent_name: VIF, tag: nic.vlan };
    if (port) {
      scene.neutron.ports.set(id, { ...port, 'binding:profile': { other: 'key', ...parent } } as Port);
    }
    setStatus(scene, nic, 'DOWN');
    scene.neutron.calls.length = 0;
    await putRight(scene.engine, defectOf(kind, nic));
    const profile = { other: 'key', parent_name: VIF, tag: nic.vlan };
    expect(scene.neutron.ports.get(id)?.['binding:profile']).toEqual(profile);
    const updates = scene.neutron.calls.filter((call) => call === 'ports.update');
    expect(updates).toHaveLength(kind === 'down port' ? 2 : 1);
  },
);

it('broken pair: a container that has started again since the observation keeps its interface', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  // The pass sees that the pair ended with the container. Docker starts the container again.
  scene.links.deleteLink(scene.vmEnd);
  await renew(nic, scene.vm);
  scene.links.byName.delete(interfaceNames(nic.vlan ?? 0).containerEnd);
  nic.place = { netns: '/proc/2/ns/net', interfaceName: 'eth0' };
  const before = scene.links.link(scene.vmEnd)?.index;
  await putRight(scene.engine, defectOf('broken pair', nic));
  expect(scene.links.link(scene.vmEnd)?.index).toBe(before);
  expect(nic.place).toEqual({ netns: '/proc/2/ns/net', interfaceName: 'eth0' });
});

it('unnoticed link: a port that ovs-vswitchd has noticed since the observation stays plugged', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  const unplugged: unknown[] = [];
  const { unplug } = scene.vmSwitch;
  scene.vmSwitch.unplug = (names) => {
    unplugged.push(...names);
    return unplug.call(scene.vmSwitch, names);
  };
  await putRight(scene.engine, defectOf('unnoticed link', nic));
  expect(unplugged).toEqual([]);
  const row = scene.vmSwitch.rows.get(scene.vmEnd) as PluggedPort;
  const iface = { type: '', externalIds: {}, ...row.iface, adminState: 'down' };
  scene.vmSwitch.rows.set(scene.vmEnd, { ...row, iface });
  await putRight(scene.engine, defectOf('unnoticed link', nic));
  expect([unplugged, scene.books()]).toEqual([[scene.vmEnd], ONE]);
});

it('scenario 12: down port: a port that is ACTIVE since the observation stays attached', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  setStatus(scene, nic, 'ACTIVE');
  scene.neutron.calls.length = 0;
  await putRight(scene.engine, defectOf('down port', nic));
  expect(scene.neutron.calls).toEqual(['ports.get']);
});

it('scenario 32: wrong VLAN: the row gets its own VLAN back, and the next agent recovers it', async () => {
  const scene = await withWarm();
  await scene.claim();
  const { vlan = 0 } = scene.nic;
  const row = scene.vmSwitch.rows.get(scene.vmEnd) as PluggedPort;
  scene.vmSwitch.rows.set(scene.vmEnd, { ...row, vlan: vlan + 2 });
  const [after] = (await restart(scene)).engine.nics.all();
  expect(after?.vlan).toBe(vlan);
  await putRight(scene.engine, defectOf('wrong VLAN', scene.nic));
  expect(scene.vmSwitch.port(scene.vmEnd)?.vlan).toBe(vlan);
});

it('scenario 38: wrong guard: the row names the MAC addresses that the port allows now', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  const port = scene.neutron.ports.get(nic.port?.id ?? '');
  const allowed_address_pairs = [{ ip_address: '10.0.0.9', mac_address: '00:00:5e:00:01:01' }];
  Object.assign(port ?? {}, { allowed_address_pairs });
  await putRight(scene.engine, defectOf('wrong guard', nic));
  const note = () => scene.vmSwitch.port(scene.vmEnd)?.externalIds[rowKeys.macs];
  expect(note()).toBe('00:00:5e:00:01:01');
  // A row that is made again has the note, too.
  scene.vmSwitch.rows.clear();
  await putRight(scene.engine, defectOf('unplugged', nic));
  expect(note()).toBe('00:00:5e:00:01:01');
  Object.assign(port ?? {}, { allowed_address_pairs: [] });
  await putRight(scene.engine, defectOf('wrong guard', nic));
  expect(note()).toBe('own');
});

it('scenario 12: a returning NIC whose port is found changed is deleted', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  const finishing = finish(scene.engine, nic);
  await Promise.resolve();
  expect(nic.state).toBe('making');
  await putRight(scene.engine, defectOf('changed port', nic));
  await finishing;
  await scene.pool.whenMade();
  expect([scene.pool.warm, scene.books()]).toEqual([0, NOTHING]);
});

it('a warm NIC that cannot be repaired is deleted', async () => {
  const scene = await withWarm();
  scene.neutron.subports.clear();
  scene.neutron.fail('trunks.addSubports', refusal(409, 'TrunkDisabled'));
  await expect(putRight(scene.engine, defectOf('lost subport', scene.nic))).rejects.toMatchObject({
    code: 'E_TRUNK',
  });
  expect([scene.pool.warm, scene.pool.making, scene.books()]).toEqual([0, 0, NOTHING]);
});

it('scenario 6: if another port has the VLAN of a lost subport, the NIC in use keeps its VLAN and the repair fails', async () => {
  const scene = await withWarm();
  const nic = await scene.claim();
  const { vlan = 0 } = nic;
  scene.neutron.subports.clear();
  scene.neutron.subports.set('foreign', {
    port_id: 'foreign',
    segmentation_type: 'vlan',
    segmentation_id: vlan,
  });
  await expect(putRight(scene.engine, defectOf('lost subport', nic))).rejects.toThrow('DuplicateSubPort');
  expect([nic.vlan, scene.vmSwitch.port(scene.vmEnd)?.vlan]).toEqual([vlan, vlan]);
});

it.each<DefectKind>([
  'lost subport',
  'moved subport',
  'lost binding',
  'unplugged',
  'wrong VLAN',
  'wrong guard',
  'broken pair',
  'down port',
])('%s: a NIC that has lost its port since the observation is left alone', async (kind) => {
  const scene = await withWarm();
  const nic = await scene.claim();
  await detach([nic], scene.vm);
  const before = scene.neutron.calls.length;
  await putRight(scene.engine, defectOf(kind, nic));
  expect([nic.state, scene.books()]).toEqual(['claimed', { ...NOTHING, nics: 1 }]);
  expect(scene.neutron.calls.length).toBe(before);
});

it('a NIC whose claim has changed since the observation stays claimed', async () => {
  const scene = await withWarm();
  const nic = await acquire(scene.engine, { pool: scene.pool, wants: { name: '' }, claim: {} });
  const { claim } = nic;
  if (!claim) throw new Error('no claim');
  claim.endpointId = 'e';
  await putRight(scene.engine, { ...text, kind: 'unused claim', nic, claim });
  expect(nic.state).toBe('claimed');
  const copy = { ...claim };
  await putRight(scene.engine, { ...text, kind: 'dead endpoint', nic, claim: copy, endpointId: 'e' });
  expect(nic.state).toBe('claimed');
  await putRight(scene.engine, { ...text, kind: 'dead endpoint', nic, claim, endpointId: 'e' });
  await scene.pool.whenMade();
  expect(nic.state).toBe('warm');
});

it('removing a stray whose VLAN another NIC has by now leaves that NIC whole', async () => {
  const scene = await withWarm();
  const { vlan = 0, port } = scene.nic;
  const { alias = '' } = scene.links.link(scene.vmEnd) ?? {};
  const { engine, vmEnd: name } = scene;
  await putRight(engine, { ...text, kind: 'stray row', name, nicId: 'former' });
  await putRight(engine, { ...text, kind: 'stray interface', name, alias: 'ovn-docker former' });
  if (!port) throw new Error('no port');
  const stray = await engine.neutron.ports.create({
    network_id: port.network_id,
    tags: ['ovn-docker', 'ovn-docker:vif=vif-1', 'ovn-docker:nic=former'],
    'binding:profile': { parent_name: 'vif-1', tag: vlan },
  });
  await putRight(engine, { ...text, kind: 'stray port', port: stray });
  expect([scene.books(), scene.pool.warm]).toEqual([ONE, 1]);
  await putRight(engine, { ...text, kind: 'stray interface', name, alias });
  expect(scene.books().links).toBe(0);
});

it('a stray port that a NIC of the agent has by now is not deleted', async () => {
  const scene = await withWarm();
  if (!scene.nic.port) throw new Error('no port');
  await putRight(scene.engine, { ...text, kind: 'stray port', port: scene.nic.port });
  expect(scene.books()).toEqual(ONE);
});

it.each([true, false])(
  'scenario 32: adopting a found NIC writes the claim on its row and its pair; has a row before: %s',
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

it('scenario 32: the pair of a claimed NIC has the label of the container, also a new pair, until the NIC returns', async () => {
  const scene = await withWarm();
  const nic = await scene.claim('asked');
  expect(labelOnPair(nic, scene.vm)).toBe('asked');
  scene.links.deleteLink(scene.vmEnd);
  await putRight(scene.engine, defectOf('broken pair', nic));
  expect(labelOnPair(nic, scene.vm)).toBe('asked');
  await finish(scene.engine, nic);
  await scene.pool.whenMade();
  expect([nic.state, labelOnPair(nic, scene.vm)]).toEqual(['warm', undefined]);
});

it('a new pair has the label before the old row is deleted, and keeps it if the switch fails then', async () => {
  const scene = await withWarm();
  const nic = await scene.claim('asked');
  scene.links.deleteLink(scene.vmEnd);
  const { unplug } = scene.vmSwitch;
  const atUnplug: unknown[] = [];
  scene.vmSwitch.unplug = () => {
    atUnplug.push(scene.vmSwitch.port(scene.vmEnd) !== undefined, labelOnPair(nic, scene.vm));
    return Promise.reject(new Error('gone'));
  };
  await expect(putRight(scene.engine, defectOf('broken pair', nic))).rejects.toThrow('gone');
  expect(atUnplug.slice(0, 2)).toEqual([true, 'asked']);
  expect([labelOnPair(nic, scene.vm), isWhole(nic, scene.vm)]).toEqual(['asked', false]);
  scene.vmSwitch.unplug = unplug;
  await putRight(scene.engine, defectOf('broken pair', nic));
  expect([labelOnPair(nic, scene.vm), isWhole(nic, scene.vm)]).toEqual(['asked', true]);
});
