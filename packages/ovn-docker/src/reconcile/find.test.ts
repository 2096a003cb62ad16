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
  /** NICs that have all their parts in Neutron and in the VM. */
  complete?: Nic[];
  view?: Partial<AgentView>;
  observation?: Partial<Observation>;
}

/** The kinds of the findings in a VM where everything is right except what the scene changes. */
const find = (scene: Scene) => findAll(scene).map(({ kind }) => kind);

function findAll({ nics = [], draining = [], complete = nics, view = {}, observation = {} }: Scene) {
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
      ...view,
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
      ...observation,
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

describe('finds nothing', () => {
  it('when everything is right', () => {
    expect(find({ nics: everything, observation: { docker: docker({ e: 'mac' }, ['l']) } })).toEqual([]);
  });

  it('about NICs that are being made, or were when the observation began', () => {
    const making = nicOf('making', 1, { state: 'making' });
    expect(find({ nics: [making], complete: [] })).toEqual([]);
    const ready = nicOf('ready', 1);
    expect(find({ nics: [ready], complete: [], observation: { completeBefore: new Set() } })).toEqual([]);
  });

  it('about NICs that were made or deleted during the observation', () => {
    const [made, deleted] = [nicOf('made', 1), nicOf('deleted', 2)];
    const observation = { knownBefore: new Set(['deleted']), completeBefore: new Set(['deleted']) };
    expect(find({ nics: [made], complete: [made, deleted], observation })).not.toContain('stray port');
    expect(find({ nics: [made], complete: [made, deleted], observation })).not.toContain('stray row');
    expect(find({ nics: [made], complete: [], observation })).toEqual([]);
  });

  it('about NICs that are being deleted, whichever parts are left', () => {
    expect(find({ draining: [nicOf('d', 1)], complete: [nicOf('d', 1)] })).toEqual([]);
    expect(find({ draining: [nicOf('d', 1)], complete: [] })).toEqual([]);
  });

  it("about other programs' ports, subports, rows and interfaces", () => {
    const observation: Partial<Observation> = {
      ports: [portOf('x', { tags: [] }), portOf('y', { tags: [portTags.vif(VIF)] })],
      subports: new Map([['foreign', 9]]),
      rows: [{ name: 'eth7', vlan: 7, externalIds: { [rowKeys.ifaceId]: 'foreign' } }],
      interfaces: [{ name: 'ovn-9' } as Link, { name: 'ovn-10', alias: 'mine' } as Link],
    };
    expect(find({ observation })).toEqual([]);
  });

  it('about Docker networks that were created during the observation', () => {
    expect(find({ view: { dockerNetworks: new Map([['docker-2', 'network-2']]) } })).toEqual([]);
  });

  it('when Docker does not answer', () => {
    const lost = nicOf('lost', 5, { state: 'found' });
    expect(find({ nics: everything, observation: { docker: undefined } })).toEqual([]);
    const noRow = { docker: undefined, rows: [], interfaces: [] };
    expect(find({ nics: [lost], observation: noRow })).toEqual([]);
  });
});

describe('unused claims and networks', () => {
  const findClaimed = (claim: Partial<Claim>, observation: Partial<Observation> = {}) =>
    find({ nics: [nicOf('n', 1, claimed(claim))], observation });

  it('18. an address that Docker requested and never used, after the patience', () => {
    expect(findClaimed({})).toEqual(['unused claim']);
    expect(findClaimed({ since: NOW - PATIENCE.patienceMs + 1 })).toEqual([]);
    expect(findClaimed({}, { docker: undefined })).toEqual(['unused claim']);
  });

  it('16. an endpoint that Docker does not have', () => {
    expect(findClaimed({ endpointId: 'e' })).toEqual(['dead endpoint']);
    expect(findClaimed({ endpointId: 'e', since: NOW })).toEqual([]);
  });

  it('a container that Docker does not have', () => {
    expect(findClaimed({ label: 'l' })).toEqual(['dead container']);
  });

  it('24. a Docker network that Docker does not have any more', () => {
    expect(find({ observation: { docker: { ...docker(), networks: new Map() } } })).toEqual([
      'stray Docker network',
    ]);
  });
});

describe("after the switch's database was wiped", () => {
  const findForgotten = (before: string[], now: string[]) =>
    find({
      view: { dockerNetworks: new Map(now.map((id) => [id, 'network-1'])) },
      observation: { dockerNetworksBefore: before, docker: docker() },
    });

  it('32. a Docker network without a record is found again', () => {
    expect(findForgotten([], [])).toEqual(['forgotten Docker network']);
  });

  it('a Docker network that was created or removed during the observation is no finding', () => {
    expect(findForgotten([], ['docker-1'])).toEqual([]);
    expect(findForgotten(['docker-1'], [])).toEqual([]);
  });
});

describe('a missing or changed part of a NIC', () => {
  const broken = (nic: Nic, observation: Partial<Observation>, view: Partial<AgentView> = {}) =>
    find({ nics: [nic], observation: { docker: docker({ e: 'mac' }, ['l']), ...observation }, view });

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
  ])('12. a port that a user changed: %o', (change) => {
    const ports = [portOf('warm', change)];
    expect(broken(warm, { ports })).toEqual(['changed port']);
    const used = { ...warm, ...claimed({ label: 'l' }) };
    expect(broken(used, { ports })).toEqual(['changed port']);
    expect(broken({ ...used, isSpent: true }, { ports })).toEqual([]);
    // A NIC with a requested address is never reused.
    expect(broken({ ...warm, wants: { name: '', addresses: ['10.0.0.7'] } }, { ports })).toEqual([]);
  });

  it('12. a port that a user changed before the agent first saw it', () => {
    const withPort = (change: Partial<Port>) =>
      broken(nicOf('warm', 1, { port: portOf('warm', change) }), { ports: [portOf('warm', change)] });
    expect(withPort({ port_security_enabled: false })).toEqual(['changed port']);
    expect(withPort({ allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] })).toEqual(['changed port']);
    const groups = { ...target, securityGroups: ['web'] };
    expect(broken(nicOf('warm', 1, { target: groups }), {})).toEqual(['changed port']);
  });

  it('6. the subport, or its VLAN; port binding has no subport', () => {
    expect(broken(warm, { subports: new Map() })).toEqual(['lost subport']);
    expect(broken(warm, { subports: new Map([['port-warm', 9]]) })).toEqual(['moved subport']);
    const { vm } = createWorld({ mode: 'port-binding' });
    expect(broken(warm, { subports: new Map() }, { vm })).toEqual([]);
    // An agent in the other mode made it: the port's own binding connects it.
    const bound = (tag: number, owner = '') => {
      const ports = [portOf('warm', { 'binding:profile': { parent_name: VIF, tag }, device_owner: owner })];
      return broken(warm, { ports, subports: new Map() });
    };
    expect(bound(1)).toEqual([]);
    expect(bound(2)).toEqual(['lost subport']);
    expect(bound(1, 'trunk:subport')).toEqual(['lost subport']);
  });

  it('6. parent and VLAN with port binding', () => {
    const { vm } = createWorld({ mode: 'port-binding' });
    const bound = (profile: Port['binding:profile'], more: Partial<Port> = {}) => {
      const ports = [portOf('warm', { ...(profile && { 'binding:profile': profile }), ...more })];
      return broken(warm, { ports, subports: new Map() }, { vm });
    };
    expect(bound({ parent_name: VIF, tag: 1 })).toEqual([]);
    expect(bound({})).toEqual(['lost binding']);
    expect(bound({ parent_name: VIF, tag: 2 })).toEqual(['lost binding']);
    expect(bound({ parent_name: 'another VM', tag: 1 })).toEqual(['lost binding']);
    // An agent in the other mode made it, and the trunk does not carry it any more.
    expect(bound({}, { device_owner: 'trunk:subport' })).toEqual(['lost subport']);
  });

  it("32. the row's VLAN", () => {
    expect(broken(warm, { rows: [{ ...rowOf(warm), vlan: 7 }] })).toEqual(['wrong VLAN']);
    const { vlan: _, ...untagged } = rowOf(warm);
    expect(broken(warm, { rows: [untagged] })).toEqual(['wrong VLAN']);
  });

  it('12. a port that stays DOWN, until the agent gives up', () => {
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
    // Another defect comes first.
    expect(broken(warm, { rows: [] }, { down: () => ({ since: long, tries: 0 }) })).toEqual(['unplugged']);
    const many = Array.from({ length: 9 }, (_, index) => nicOf(`n-${index}`, index + 1));
    expect(find({ nics: many, view: { down: () => ({ since: long, tries: 0 }) } })).toHaveLength(5);
  });

  it('12. a warm NIC whose port was found changed while the NIC returned', () => {
    expect(broken({ ...warm, isSpent: true }, {})).toEqual(['changed port']);
    expect(broken({ ...warm, isSpent: true }, { ports: [] })).toEqual(['lost port']);
  });

  it('32. the row, or its port id', () => {
    expect(broken(warm, { rows: [] })).toEqual(['unplugged']);
    expect(broken(warm, { rows: [rowOf(nicOf('other', 1))] })).toContain('unplugged');
  });

  it("33. the pair: both ends of a warm NIC, the VM's end of a claimed one", () => {
    expect(broken(warm, {}, { isWhole: () => false })).toEqual(['broken pair']);
    const inside = nicOf('inside', 1, claimed({ endpointId: 'e' }));
    expect(broken(inside, {}, { isWhole: () => false })).toEqual([]);
    expect(broken(inside, { interfaces: [] })).toEqual(['broken pair']);
  });
});

describe('left by an earlier agent', () => {
  const lost = nicOf('lost', 1, { state: 'found' });

  it('a NIC without a claim, for which Docker may have a container', () => {
    const findWith = (docker: DockerView) => find({ nics: [lost], observation: { docker } });
    expect(findWith(docker())).toEqual(['leftover NIC']);
    expect(findWith(docker({ e: 'fa:16:3e:00:00:01' }))).toEqual(['found NIC']);
    expect(findWith(docker({}, ['lost']))).toEqual(['found NIC']);
  });

  it('32. a NIC in a container that has lost its row is only plugged again', () => {
    const view = { isElsewhere: () => true };
    expect(find({ nics: [lost], view, observation: { rows: [] } })).toEqual(['unplugged']);
    expect(find({ nics: [lost], view })).toEqual([]);
  });

  it('a port that the agent does not know; without the port, its row and interface', () => {
    expect(find({ complete: [nicOf('unknown', 1)] })).toEqual(['stray port']);
    expect(find({ complete: [nicOf('unknown', 1)], observation: { ports: [] } })).toEqual([
      'stray row',
      'stray interface',
    ]);
  });

  it('32. a claimed NIC without its row, whose pair has the label of the container', () => {
    const view = { labelOf: () => 'asked' };
    const observation = { rows: [], docker: docker({}, ['asked']) };
    const findings = findAll({ nics: [lost], view, observation });
    expect(findings).toMatchObject([
      { kind: 'found NIC', claim: { label: 'asked', containerId: 'container-asked' } },
    ]);
    // Docker does not have that container any more.
    expect(findAll({ nics: [lost], view, observation: { rows: [], docker: docker() } })).not.toHaveProperty(
      '[0].claim',
    );
  });

  it('no port with changed Neutron tags that a NIC has, or whose row has a claim', () => {
    const nic = nicOf('renamed', 1, claimed({ label: 'l' }));
    const ports = [portOf('renamed', { tags: [portTags.vif(VIF), portTags.nic('port-renamed')] })];
    const observation = { ports, docker: docker({}, ['l']) };
    expect(find({ nics: [nic], observation })).toEqual([]);
    const row = rowOf(nic);
    const externalIds = { ...row.externalIds, [rowKeys.claimed]: new Date(0).toISOString() };
    expect(
      find({ complete: [nic], observation: { ...observation, rows: [{ ...row, externalIds }] } }),
    ).toEqual([]);
  });
});
