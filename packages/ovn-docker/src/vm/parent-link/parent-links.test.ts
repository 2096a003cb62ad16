import type { Neutron, Port, PortUpdate } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { FakeNeutron } from '../../../test/support/fake-neutron.ts';
import type { Child } from './parent-link.ts';
import { ParentLinks } from './parent-links.ts';
import type { ParentMode } from './parent-mode.ts';

const VIF = 'vif-1';
const VLAN = 5;
const NO_SUBPORTS = new Map<string, number>();

const portWith = (more: Partial<Port>): Port =>
  ({ id: 'port-1', device_owner: '', 'binding:profile': {}, ...more }) as unknown as Port;

const boundTo = (parent_name: string, tag: number) => portWith({ 'binding:profile': { parent_name, tag } });

const ports = {
  unbound: portWith({}),
  bound: boundTo(VIF, VLAN),
  'bound with another VLAN': boundTo(VIF, VLAN + 1),
  'bound to another parent': boundTo('vif-2', VLAN),
  subport: portWith({ device_owner: 'trunk:subport' }),
  // ML2/OVN writes the profile of a subport itself.
  'subport with a profile': { ...boundTo(VIF, VLAN), device_owner: 'trunk:subport' },
} satisfies Record<string, Port>;
type PortKind = keyof typeof ports;

/** A port as members see it. */
function hidden({ 'binding:profile': _, ...port }: Port): Port {
  return port as Port;
}

const linksIn = (mode: ParentMode, neutron = new FakeNeutron()) =>
  new ParentLinks(neutron.client, { vifId: VIF, mode });

describe('ParentLinks.of', () => {
  const modeOf = (mode: ParentMode, nic: { port?: Port; vlan?: number }): ParentMode => {
    const links = linksIn(mode);
    return links.of(nic) === links.trunk ? 'trunk' : 'port-binding';
  };

  it.each<[PortKind, inTrunkMode: ParentMode, inBindingMode: ParentMode]>([
    ['unbound', 'trunk', 'port-binding'],
    ['bound', 'port-binding', 'port-binding'],
    ['bound with another VLAN', 'trunk', 'port-binding'],
    ['bound to another parent', 'trunk', 'port-binding'],
    ['subport', 'trunk', 'trunk'],
    ['subport with a profile', 'trunk', 'trunk'],
  ])(
    'port %s: %s for an agent in trunk mode, %s in port-binding mode',
    (kind, inTrunkMode, inBindingMode) => {
      const nic = { port: ports[kind], vlan: VLAN };
      expect(modeOf('trunk', nic)).toBe(inTrunkMode);
      expect(modeOf('port-binding', nic)).toBe(inBindingMode);
    },
  );

  it.each<ParentMode>(['trunk', 'port-binding'])('a NIC without a port takes the mode %s', (mode) => {
    expect(modeOf(mode, {})).toBe(mode);
    expect(modeOf(mode, { vlan: VLAN })).toBe(mode);
  });
});

describe('ParentLinks.isConnected', () => {
  const isConnected = (mode: ParentMode, port: Port, subports = NO_SUBPORTS) =>
    linksIn(mode).isConnected({ port, vlan: VLAN }, subports);
  const carriedUnder = (vlan: number) => new Map([['port-1', vlan]]);

  it.each<ParentMode>(['trunk', 'port-binding'])('%s: by the trunk or by the own profile', (mode) => {
    expect(isConnected(mode, ports.subport, carriedUnder(VLAN))).toBe(true);
    expect(isConnected(mode, ports.bound)).toBe(true);
    expect(isConnected(mode, ports.bound, carriedUnder(VLAN + 1))).toBe(true);
    expect(isConnected(mode, ports.subport, carriedUnder(VLAN + 1))).toBe(false);
    for (const kind of [
      'unbound',
      'bound with another VLAN',
      'bound to another parent',
      'subport',
      'subport with a profile',
    ] as const) {
      expect([kind, isConnected(mode, ports[kind])]).toEqual([kind, false]);
    }
  });

  it('a hidden profile counts as bound with port binding, unless the trunk or the port shows otherwise', () => {
    expect(isConnected('port-binding', hidden(ports.bound))).toBe(true);
    expect(isConnected('port-binding', hidden(ports.bound), carriedUnder(VLAN + 1))).toBe(false);
    expect(isConnected('port-binding', hidden(ports.subport))).toBe(false);
    expect(isConnected('trunk', hidden(ports.bound))).toBe(false);
  });

  it.each<ParentMode>(['trunk', 'port-binding'])('%s: never without a port or a VLAN', (mode) => {
    expect(linksIn(mode).isConnected({ vlan: VLAN }, carriedUnder(VLAN))).toBe(false);
    expect(linksIn(mode).isConnected({ port: ports.bound }, carriedUnder(VLAN))).toBe(false);
  });
});

describe('ParentLinks.disconnection', () => {
  const disconnection = (mode: ParentMode, port: Port, subports = NO_SUBPORTS) =>
    linksIn(mode).disconnection(port, VLAN, subports);

  it('none for a connected port', () => {
    expect(disconnection('trunk', ports.subport, new Map([['port-1', VLAN]]))).toBeUndefined();
    expect(disconnection('port-binding', ports.bound)).toBeUndefined();
  });

  it.each<[ParentMode, PortKind]>([
    ['trunk', 'unbound'],
    ['trunk', 'bound to another parent'],
    ['port-binding', 'subport'],
  ])('%s, port %s: a lost subport', (mode, kind) => {
    expect(disconnection(mode, ports[kind])).toEqual({
      kind: 'lost subport',
      evidence: "the VM's trunk does not carry it under VLAN 5",
      action: 'add it to the trunk again',
    });
  });

  it.each<ParentMode>(['trunk', 'port-binding'])(
    '%s, carried under another VLAN: a moved subport',
    (mode) => {
      expect(disconnection(mode, ports.unbound, new Map([['port-1', 9]]))).toEqual({
        kind: 'moved subport',
        evidence: "the VM's trunk carries it under VLAN 9",
        action: 'add it again under its own VLAN',
      });
    },
  );

  it.each<[PortKind, evidence: string]>([
    ['unbound', 'Neutron has it under parent - with VLAN -'],
    ['bound with another VLAN', 'Neutron has it under parent vif-1 with VLAN 6'],
    ['bound to another parent', 'Neutron has it under parent vif-2 with VLAN 5'],
  ])('port-binding, port %s: a lost binding', (kind, evidence) => {
    expect(disconnection('port-binding', ports[kind])).toEqual({
      kind: 'lost binding',
      evidence,
      action: 'bind it again',
    });
  });
});

describe('ParentLinks.subports', () => {
  it('reads the VLAN of every subport, whichever program added it', async () => {
    const neutron = new FakeNeutron();
    const links = linksIn('port-binding', neutron);
    neutron.subports.set('a', { port_id: 'a', segmentation_type: 'vlan', segmentation_id: 7 });
    expect(await links.subports()).toEqual(new Map([['a', 7]]));
    neutron.trunkId = undefined;
    expect(await links.subports()).toEqual(NO_SUBPORTS);
  });
});

describe('the trunk link', () => {
  function scene() {
    const neutron = new FakeNeutron();
    const childOf = (id: string, vlan: number): Child => ({
      neutron: neutron.client,
      port: portWith({ id }),
      vlan,
    });
    const [first, second] = [childOf('a', 1), childOf('b', 2)];
    const vlans = () => [...neutron.subports.values()].map(({ segmentation_id }) => segmentation_id);
    const changes = () => neutron.calls.filter((call) => call.endsWith('Subports'));
    return { neutron, link: linksIn('trunk', neutron).trunk, first, second, vlans, changes };
  }

  it('names no parent in the port, and connects existing ports', () => {
    const { link } = scene();
    expect([link.profile(), link.connectsLater]).toEqual([undefined, true]);
  });

  it('adds and removes several ports in one request each', async () => {
    const { link, first, second, vlans, changes } = scene();
    await link.add([first, second]);
    expect(vlans()).toEqual([1, 2]);
    await link.add([first]);
    await link.remove([first, second]);
    expect([vlans(), changes()]).toEqual([[], ['trunks.addSubports', 'trunks.removeSubports']]);
  });

  it('restore adds a port again that was confirmed before', async () => {
    const { neutron, link, first, vlans } = scene();
    await link.add([first]);
    neutron.subports.clear();
    await link.restore(first);
    expect(vlans()).toEqual([1]);
  });

  it('restore keeps the VLAN, and rejects when another port has it', async () => {
    const { neutron, link, first } = scene();
    neutron.subports.set('other', { port_id: 'other', segmentation_type: 'vlan', segmentation_id: 1 });
    await expect(link.restore(first)).rejects.toMatchObject({ type: 'DuplicateSubPort' });
    expect(first.vlan).toBe(1);
  });

  it('reattach removes the port first, then adds it under its own VLAN', async () => {
    const { neutron, link, first, vlans, changes } = scene();
    neutron.subports.set('a', { port_id: 'a', segmentation_type: 'vlan', segmentation_id: 9 });
    await link.reattach(first);
    expect([vlans(), changes()]).toEqual([[1], ['trunks.removeSubports', 'trunks.addSubports']]);
  });
});

describe('the binding link', () => {
  /** Records the updates of a port, which count its revision like Neutron's. */
  function scene(stored: Partial<Port>) {
    const fake = new FakeNeutron();
    fake.ports.set('port-1', portWith({ name: 'now', ...stored }));
    const updates: { profile: unknown; ifMatch?: number }[] = [];
    const update = async (id: string, body: PortUpdate, { ifMatch }: { ifMatch?: number } = {}) => {
      updates.push({ profile: body['binding:profile'], ...(ifMatch === undefined ? {} : { ifMatch }) });
      const port = { ...fake.ports.get(id), ...body } as Port;
      const { revision_number: revision } = port;
      const next = revision === undefined ? port : { ...port, revision_number: revision + 1 };
      fake.ports.set(id, next);
      return next;
    };
    const { client } = fake;
    const neutron = { ...client, ports: { ...client.ports, update } } as unknown as Neutron;
    const child: Child = { neutron, port: portWith({ name: 'as it was made' }), vlan: VLAN };
    return { fake, link: linksIn('port-binding', fake).binding, child, updates };
  }

  it('names parent and VLAN in the port, and cannot connect a port later', () => {
    const { link } = scene({});
    expect([link.profile(VLAN), link.connectsLater]).toEqual([{ parent_name: VIF, tag: VLAN }, false]);
  });

  it('add and remove send nothing', async () => {
    const { fake, link, updates } = scene({});
    await link.add();
    await link.remove();
    expect([fake.calls, updates]).toEqual([[], []]);
  });

  it('restore writes parent and VLAN, keeps the other keys, and sends If-Match with the revision that it read', async () => {
    const { link, child, updates } = scene({
      'binding:profile': { other: 'key', parent_name: 'vif-2', tag: 9 },
      revision_number: 3,
    });
    await link.restore(child);
    const profile = { other: 'key', parent_name: VIF, tag: VLAN };
    expect(updates).toEqual([{ profile, ifMatch: 3 }]);
    expect(child.port).toMatchObject({ name: 'as it was made', 'binding:profile': profile });
  });

  it('restore sends no If-Match to a Neutron without revisions', async () => {
    const { link, child, updates } = scene({});
    await link.restore(child);
    expect(updates).toEqual([{ profile: { parent_name: VIF, tag: VLAN } }]);
  });

  it('reattach removes parent and VLAN first, then writes them again on the new revision', async () => {
    const { link, child, updates } = scene({
      'binding:profile': { other: 'key', parent_name: VIF, tag: VLAN },
      revision_number: 3,
    });
    await link.reattach(child);
    expect(updates).toEqual([
      { profile: { other: 'key' }, ifMatch: 3 },
      { profile: { other: 'key', parent_name: VIF, tag: VLAN }, ifMatch: 4 },
    ]);
    expect(link.isBound(child.port, VLAN)).toBe(true);
  });

  it('if Neutron refuses the second half of reattach, the child shows that its port is disconnected', async () => {
    const { fake, link, child } = scene({ 'binding:profile': { parent_name: VIF, tag: VLAN } });
    const get = fake.hold('ports.get');
    const reattaching = expect(link.reattach(child)).rejects.toThrow('away');
    await get.arrived;
    const second = fake.hold('ports.get');
    get.open();
    await second.arrived;
    fake.away = new Error('away');
    second.open();
    await reattaching;
    expect(link.isBound(child.port, VLAN)).toBe(false);
    fake.away = undefined;
    await link.restore(child);
    expect(link.isBound(child.port, VLAN)).toBe(true);
  });
});
