import type { Link } from '@ovn-docker/netlink';
import type { Port } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { createWorld, VIF } from '../../test/support/world.ts';
import { portTags, rowKeys } from '../nics/names.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import type { AgentView } from './agent-view.ts';
import { findDifferences } from './find.ts';
import type { DockerView, Observation } from './observe.ts';

const { target } = createWorld();
const PATIENCE = { patienceMs: 60_000 };
const NOW = 1_000_000;

const portOf = (id: string, more: Partial<Port> = {}): Port =>
  ({
    id: `port-${id}`,
    mac_address: 'fa:16:3e:00:00:01',
    admin_state_up: true,
    fixed_ips: [{ subnet_id: 'subnet-1', ip_address: '10.0.0.7' }],
    security_groups: ['default'],
    tags: [portTags.ours, portTags.vif(VIF), portTags.nic(id)],
    ...more,
  }) as unknown as Port;

const nicOf = (id: string, vlan: number, more: Partial<Nic> = {}): Nic =>
  ({ id, vlan, state: 'warm', target, wants: { name: '' }, port: portOf(id), ...more }) as unknown as Nic;

const claimed = (claim: Partial<Claim>): Partial<Nic> => ({
  state: 'claimed',
  claim: { since: NOW - PATIENCE.patienceMs, promised: new Set(), ...claim },
});

const rowOf = ({ id, vlan, port }: Nic) => ({
  name: `ovn-${vlan}`,
  vlan: vlan ?? 0,
  externalIds: { [rowKeys.nic]: id, [rowKeys.ifaceId]: port?.id ?? '' },
});
const linkOf = ({ vlan, port }: Nic) => ({ name: `ovn-${vlan}`, alias: `ovn-docker ${port?.id}` }) as Link;

const networkWith = (macs: ReadonlyMap<string, string>) => ({
  macs,
  options: {},
  ipamOptions: {},
  cidrs: ['10.0.0.0/24'],
  internal: false,
});
const docker = (endpoints: Record<string, string> = {}, labels: string[] = []): DockerView => ({
  networks: new Map([['docker-1', networkWith(new Map(Object.entries(endpoints)))]]),
  labelled: new Map(labels.map((label) => [label, { id: `container-${label}`, label, isRunning: true }])),
});

interface Scene {
  nics?: Nic[];
  draining?: Nic[];
  /** Of these there is everything in all three truths. */
  complete?: Nic[];
  held?: Partial<AgentView>;
  seen?: Partial<Observation>;
}

/** Kinds of what is found, when all is as it should be but for what the scene says. */
const find = (scene: Scene) => findAll(scene).map(({ kind }) => kind);

function findAll({ nics = [], draining = [], complete = nics, held = {}, seen = {} }: Scene) {
  const knownBefore = new Set([...nics, ...draining].map(({ id }) => id));
  return findDifferences(
    {
      nics,
      draining,
      dockerNetworks: new Map([['docker-1', 'network-1']]),
      vm: createWorld().vm,
      isWhole: () => true,
      isElsewhere: () => false,
      labelOf: () => undefined,
      down: () => undefined,
      ...held,
    },
    {
      at: NOW,
      knownBefore,
      completeBefore: knownBefore,
      vlansBefore: new Set(),
      dockerNetworksBefore: ['docker-1'],
      ports: complete.flatMap(({ port }) => port ?? []),
      subports: new Map(complete.map(({ port, vlan }) => [port?.id ?? '', vlan ?? 0])),
      rows: complete.map(rowOf),
      interfaces: complete.map(linkOf),
      madeNetworks: [],
      parentStatus: 'ACTIVE',
      docker: docker(),
      ...seen,
    },
    PATIENCE,
  );
}

const warm = nicOf('warm', 1);
const everything = [
  warm,
  nicOf('waiting', 2, claimed({ since: NOW - 1 })),
  nicOf('driver', 3, claimed({ endpointId: 'e' })),
  nicOf('label', 4, claimed({ label: 'l' })),
];

describe('nothing is found', () => {
  it('when all is as it should be', () => {
    expect(find({ nics: everything, seen: { docker: docker({ e: 'mac' }, ['l']) } })).toEqual([]);
  });

  it('of NICs that are being made, or that were being made when Neutron was asked', () => {
    const making = nicOf('making', 1, { state: 'making' });
    expect(find({ nics: [making], complete: [] })).toEqual([]);
    const ready = nicOf('ready', 1);
    expect(find({ nics: [ready], complete: [], seen: { completeBefore: new Set() } })).toEqual([]);
  });

  it('of NICs that came, or that went, while Neutron was asked', () => {
    const [came, went] = [nicOf('came', 1), nicOf('went', 2)];
    const seen = { knownBefore: new Set(['went']), completeBefore: new Set(['went']) };
    expect(find({ nics: [came], complete: [came, went], seen })).not.toContain('stray port');
    expect(find({ nics: [came], complete: [came, went], seen })).not.toContain('stray row');
    expect(find({ nics: [came], complete: [], seen })).toEqual([]);
  });

  it('of NICs that are being removed, however much of them is left', () => {
    expect(find({ draining: [nicOf('d', 1)], complete: [nicOf('d', 1)] })).toEqual([]);
    expect(find({ draining: [nicOf('d', 1)], complete: [] })).toEqual([]);
  });

  it('of what others made: ports, subports, rows and interfaces without our mark', () => {
    const seen: Partial<Observation> = {
      ports: [portOf('x', { tags: [] }), portOf('y', { tags: [portTags.vif(VIF)] })],
      subports: new Map([['foreign', 9]]),
      rows: [{ name: 'eth7', vlan: 7, externalIds: { [rowKeys.ifaceId]: 'foreign' } }],
      interfaces: [{ name: 'ovn-9' } as Link, { name: 'ovn-10', alias: 'mine' } as Link],
    };
    expect(find({ seen })).toEqual([]);
  });

  it('of Docker networks that were made while Docker was asked', () => {
    expect(find({ held: { dockerNetworks: new Map([['docker-2', 'network-2']]) } })).toEqual([]);
  });

  it("from Docker's silence", () => {
    const lost = nicOf('lost', 5, { state: 'found' });
    expect(find({ nics: everything, seen: { docker: undefined } })).toEqual([]);
    const noRow = { docker: undefined, rows: [], interfaces: [] };
    expect(find({ nics: [lost], seen: noRow })).toEqual([]);
  });
});

describe('what nobody uses any more', () => {
  const one = (claim: Partial<Claim>, seen: Partial<Observation> = {}) =>
    find({ nics: [nicOf('n', 1, claimed(claim))], seen });

  it('18. an address that was asked for and never used, when patience is over', () => {
    expect(one({})).toEqual(['unused claim']);
    expect(one({ since: NOW - PATIENCE.patienceMs + 1 })).toEqual([]);
    expect(one({}, { docker: undefined })).toEqual(['unused claim']);
  });

  it('16. an endpoint that Docker does not have', () => {
    expect(one({ endpointId: 'e' })).toEqual(['dead endpoint']);
    expect(one({ endpointId: 'e', since: NOW })).toEqual([]);
  });

  it('a container that Docker does not have', () => {
    expect(one({ label: 'l' })).toEqual(['dead container']);
  });

  it('24. a Docker network that is gone', () => {
    expect(find({ seen: { docker: { ...docker(), networks: new Map() } } })).toEqual([
      'stray Docker network',
    ]);
  });
});

describe('what the wiped database of the switch has forgotten', () => {
  const forgotten = (before: string[], now: string[]) =>
    find({
      held: { dockerNetworks: new Map(now.map((id) => [id, 'network-1'])) },
      seen: { dockerNetworksBefore: before, docker: docker() },
    });

  it('32. a Docker network without a note is found again', () => {
    expect(forgotten([], [])).toEqual(['forgotten Docker network']);
  });

  it('not one that was made or removed while Docker was asked', () => {
    expect(forgotten([], ['docker-1'])).toEqual([]);
    expect(forgotten(['docker-1'], [])).toEqual([]);
  });
});

describe('what of a NIC is missing or not as it was', () => {
  const broken = (nic: Nic, seen: Partial<Observation>, held: Partial<AgentView> = {}) =>
    find({ nics: [nic], seen: { docker: docker({ e: 'mac' }, ['l']), ...seen }, held });

  it('12. the port', () => {
    expect(broken(warm, { ports: [] })).toEqual(['lost port']);
    const used = nicOf('used', 1, { ...claimed({ label: 'l' }), isSpent: true });
    expect(broken(used, { ports: [] })).toEqual([]);
  });

  it.each<Partial<Port>>([
    { security_groups: ['other'] },
    { admin_state_up: false },
    { fixed_ips: [] },
    { mac_address: 'fa:16:3e:00:00:02' },
  ])('12. what somebody changed of the port: %o', (change) => {
    const ports = [portOf('warm', change)];
    expect(broken(warm, { ports })).toEqual(['changed port']);
    const used = { ...warm, ...claimed({ label: 'l' }) };
    expect(broken(used, { ports })).toEqual(['changed port']);
    expect(broken({ ...used, isSpent: true }, { ports })).toEqual([]);
    // What was asked for by name is not used again in any case.
    expect(broken({ ...warm, wants: { name: '', addresses: ['10.0.0.7'] } }, { ports })).toEqual([]);
  });

  it('12. what somebody gave the port before the agent began to look', () => {
    const port = (is: Partial<Port>) =>
      broken(nicOf('warm', 1, { port: portOf('warm', is) }), { ports: [portOf('warm', is)] });
    expect(port({ port_security_enabled: false })).toEqual(['changed port']);
    expect(port({ allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] })).toEqual(['changed port']);
    const groups = { ...target, securityGroups: ['web'] };
    expect(broken(nicOf('warm', 1, { target: groups }), {})).toEqual(['changed port']);
  });

  it('6. the subport, or its VLAN; with port binding there is none', () => {
    expect(broken(warm, { subports: new Map() })).toEqual(['lost subport']);
    expect(broken(warm, { subports: new Map([['port-warm', 9]]) })).toEqual(['moved subport']);
    const { vm } = createWorld({ mode: 'port-binding' });
    expect(broken(warm, { subports: new Map() }, { vm })).toEqual([]);
    // Made by an agent in the other mode: its binding carries it.
    const bound = (tag: number, owner = '') => {
      const ports = [portOf('warm', { 'binding:profile': { parent_name: VIF, tag }, device_owner: owner })];
      return broken(warm, { ports, subports: new Map() });
    };
    expect(bound(1)).toEqual([]);
    expect(bound(2)).toEqual(['lost subport']);
    expect(bound(1, 'trunk:subport')).toEqual(['lost subport']);
  });

  it('6. with port binding: parent and VLAN', () => {
    const { vm } = createWorld({ mode: 'port-binding' });
    const bound = (profile: Port['binding:profile'], more: Partial<Port> = {}) => {
      const ports = [portOf('warm', { ...(profile && { 'binding:profile': profile }), ...more })];
      return broken(warm, { ports, subports: new Map() }, { vm });
    };
    expect(bound({ parent_name: VIF, tag: 1 })).toEqual([]);
    expect(bound({})).toEqual(['lost binding']);
    expect(bound({ parent_name: VIF, tag: 2 })).toEqual(['lost binding']);
    expect(bound({ parent_name: 'another VM', tag: 1 })).toEqual(['lost binding']);
    // Made by an agent in the other mode, and no more in the trunk.
    expect(bound({}, { device_owner: 'trunk:subport' })).toEqual(['lost subport']);
  });

  it("32. the row's tag", () => {
    expect(broken(warm, { rows: [{ ...rowOf(warm), vlan: 7 }] })).toEqual(['wrong VLAN']);
    const { vlan: _, ...untagged } = rowOf(warm);
    expect(broken(warm, { rows: [untagged] })).toEqual(['wrong VLAN']);
  });

  it('12. a port that stays DOWN, until everything was tried', () => {
    const down = (since: number, tries: number, nic = warm) =>
      broken(nic, {}, { down: () => ({ since, tries }) });
    const long = NOW - PATIENCE.patienceMs;
    expect(down(long + 1, 0)).toEqual([]);
    expect([0, 1, 2].map((tries) => down(long, tries))).toEqual([
      ['down port'],
      ['down port'],
      ['down port'],
    ]);
    expect([down(long, 3), down(long, 4)]).toEqual([['dead port'], []]);
    // What is surely wrong comes first.
    expect(broken(warm, { rows: [] }, { down: () => ({ since: long, tries: 0 }) })).toEqual(['unplugged']);
    const many = Array.from({ length: 9 }, (_, index) => nicOf(`n-${index}`, index + 1));
    expect(find({ nics: many, held: { down: () => ({ since: long, tries: 0 }) } })).toHaveLength(5);
  });

  it('12. a warm NIC of which it became known while it was on its way back that its port is not fit', () => {
    expect(broken({ ...warm, isSpent: true }, {})).toEqual(['changed port']);
    expect(broken({ ...warm, isSpent: true }, { ports: [] })).toEqual(['lost port']);
  });

  it('32. the row, or its identity', () => {
    expect(broken(warm, { rows: [] })).toEqual(['unplugged']);
    const [row] = [rowOf(nicOf('other', 1))];
    expect(broken(warm, { rows: row ? [row] : [] })).toContain('unplugged');
  });

  it("33. the pair: of a warm NIC both ends, of a claimed one the VM's end", () => {
    expect(broken(warm, {}, { isWhole: () => false })).toEqual(['broken pair']);
    const inside = nicOf('inside', 1, claimed({ endpointId: 'e' }));
    expect(broken(inside, {}, { isWhole: () => false })).toEqual([]);
    expect(broken(inside, { interfaces: [] })).toEqual(['broken pair']);
  });
});

describe('what a former agent left', () => {
  const lost = nicOf('lost', 1, { state: 'found' });

  it('a NIC that no row says anything of; Docker says whose it is', () => {
    const view = (docker: DockerView) => find({ nics: [lost], seen: { docker } });
    expect(view(docker())).toEqual(['leftover NIC']);
    expect(view(docker({ e: 'fa:16:3e:00:00:01' }))).toEqual(['found NIC']);
    expect(view(docker({}, ['lost']))).toEqual(['found NIC']);
  });

  it('32. a NIC in a container is only plugged again: the row that said whose it is, is gone', () => {
    const held = { isElsewhere: () => true };
    expect(find({ nics: [lost], held, seen: { rows: [] } })).toEqual(['unplugged']);
    expect(find({ nics: [lost], held })).toEqual([]);
  });

  it('a port of which the agent knows nothing, and then what was plugged for it', () => {
    expect(find({ complete: [nicOf('gone', 1)] })).toEqual(['stray port']);
    expect(find({ complete: [nicOf('gone', 1)], seen: { ports: [] } })).toEqual([
      'stray row',
      'stray interface',
    ]);
  });

  it('32. a warm NIC that a container was given: its pair says which', () => {
    const held = { labelOf: () => 'asked' };
    const seen = { rows: [], docker: docker({}, ['asked']) };
    const findings = findAll({ nics: [lost], held, seen });
    expect(findings).toMatchObject([
      { kind: 'found NIC', claim: { label: 'asked', containerId: 'container-asked' } },
    ]);
    // That container is gone.
    expect(findAll({ nics: [lost], held, seen: { rows: [], docker: docker() } })).not.toHaveProperty(
      '[0].claim',
    );
  });

  it('nothing of a port that somebody has renamed: a NIC has it, or a row says that somebody does', () => {
    const nic = nicOf('renamed', 1, claimed({ label: 'l' }));
    const ports = [portOf('renamed', { tags: [portTags.vif(VIF), portTags.nic('port-renamed')] })];
    const seen = { ports, docker: docker({}, ['l']) };
    expect(find({ nics: [nic], seen })).toEqual([]);
    const row = rowOf(nic);
    const externalIds = { ...row.externalIds, [rowKeys.claimed]: new Date(0).toISOString() };
    expect(find({ complete: [nic], seen: { ...seen, rows: [{ ...row, externalIds }] } })).toEqual([]);
  });
});
