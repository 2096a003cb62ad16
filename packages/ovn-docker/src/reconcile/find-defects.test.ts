import type { Link } from '@ovn-docker/netlink';
import type { Port } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import {
  claimed,
  dockerWith,
  find,
  findAll,
  linksOf,
  NOW,
  nicOf,
  PATIENCE,
  portOf,
  rowOf,
} from '../../test/support/observed-vm.ts';
import { createWorld, VIF } from '../../test/support/world.ts';
import { rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { AgentView } from './agent-view.ts';
import type { Down } from './down-ports.ts';
import type { Observation } from './observe.ts';

const warm = nicOf('warm', 1);
const { target } = warm;

describe('a missing or changed part of a NIC', () => {
  const broken = (nic: Nic, observation: Partial<Observation>, view: Partial<AgentView> = {}) =>
    find({ nics: [nic], observation: { docker: dockerWith({ e: 'mac' }, ['l']), ...observation }, view });

  it('scenario 12: the port', () => {
    expect(broken(warm, { ports: [] })).toEqual(['lost port']);
    const used = nicOf('used', 1, { ...claimed({ label: 'l' }), isSpent: true });
    expect(broken(used, { ports: [] })).toEqual([]);
  });

  it.each<Partial<Port>>([
    { security_groups: ['other'] },
    { admin_state_up: false },
    { fixed_ips: [] },
    { mac_address: 'fa:16:3e:00:00:02' },
  ])('scenario 12: a port that a user changed: %o', (change) => {
    const ports = [portOf('warm', change)];
    expect(broken(warm, { ports })).toEqual(['changed port']);
    const used = { ...warm, ...claimed({ label: 'l' }) };
    expect(broken(used, { ports })).toEqual(['changed port']);
    expect(broken({ ...used, isSpent: true }, { ports })).toEqual([]);
    // A NIC with a requested address is never reused.
    expect(broken({ ...warm, wants: { name: '', addresses: ['10.0.0.7'] } }, { ports })).toEqual([]);
  });

  it('scenario 12: a port that a user changed before the agent first saw it', () => {
    const withPort = (change: Partial<Port>) =>
      broken(nicOf('warm', 1, { port: portOf('warm', change) }), { ports: [portOf('warm', change)] });
    expect(withPort({ port_security_enabled: false })).toEqual(['changed port']);
    expect(withPort({ allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] })).toEqual(['changed port']);
    const groups = { ...target, securityGroups: ['web'] };
    expect(broken(nicOf('warm', 1, { target: groups }), {})).toEqual(['changed port']);
  });

  it('scenario 6: the subport, or its VLAN; port binding has no subport', () => {
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

  it('scenario 6: parent and VLAN with port binding', () => {
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

  it("scenario 32: the row's VLAN", () => {
    expect(broken(warm, { rows: [{ ...rowOf(warm), vlan: 7 }] })).toEqual(['wrong VLAN']);
    expect(broken(warm, { rows: [{ ...rowOf(warm), vlan: undefined }] })).toEqual(['wrong VLAN']);
  });

  it('scenario 38: other MAC addresses on the row than those that the port allows', () => {
    const allowed = portOf('used', {
      allowed_address_pairs: [{ mac_address: '00:00:5e:00:01:01' }],
    } as never);
    const used = nicOf('used', 1, { ...claimed({ endpointId: 'e' }), isSpent: true });
    const observed = (port: Port, notes: Record<string, string> = {}) => {
      const { externalIds, ...row } = rowOf(used);
      const rows = [{ ...row, externalIds: { ...externalIds, ...notes } }];
      return find({
        nics: [used],
        observation: { ports: [port], rows, docker: dockerWith({ e: 'fa:16:3e:00:00:01' }) },
      });
    };
    const macs = '00:00:5e:00:01:01';
    expect(observed(allowed)).toEqual(['wrong guard']);
    expect(observed(allowed, { [rowKeys.macs]: macs })).toEqual([]);
    expect(observed(portOf('used'), { [rowKeys.macs]: macs })).toEqual(['wrong guard']);
    expect(observed(portOf('used', { port_security_enabled: false }))).toEqual(['wrong guard']);
  });

  it('scenario 38: no note about MAC addresses on the row of a container, and at once if its user has changed the port', () => {
    const allowed = portOf('used', {
      allowed_address_pairs: [{ mac_address: '00:00:5e:00:01:01' }],
    } as never);
    const withoutNote = (nic: Nic) => {
      const { externalIds, ...row } = rowOf(nic);
      const { [rowKeys.macs]: _, ...others } = externalIds;
      return [{ ...row, externalIds: others }];
    };
    const used = nicOf('used', 1, claimed({ endpointId: 'e' }));
    const docker = dockerWith({ e: 'fa:16:3e:00:00:01' });
    for (const port of [portOf('used'), allowed]) {
      const observation = { ports: [port], rows: withoutNote(used), docker };
      expect(find({ nics: [used], observation })).toEqual(['wrong guard']);
    }
    expect(broken(warm, { rows: withoutNote(warm) })).toEqual([]);
  });

  it("scenario 3: a port of another program in the NIC's VLAN", () => {
    const vlanUsers = new Map([
      [1, ['ovn-1', 'v1', 'mirror rspan']],
      [2, ['v2']],
    ]);
    const [finding, ...others] = findAll({ nics: [warm], observation: { vlanUsers } });
    expect([finding?.kind, finding?.action, others]).toEqual(['shared VLAN', 'remove it', []]);
    expect(finding?.evidence).toBe(
      "on the VM's bridge v1 and mirror rspan of another program has VLAN 1 too",
    );
    const used = nicOf('used', 1, claimed({ endpointId: 'e' }));
    const docker = dockerWith({ e: 'mac' });
    expect(findAll({ nics: [used], observation: { vlanUsers, docker } })).toMatchObject([
      { kind: 'shared VLAN', action: expect.stringContaining('its container shares the VLAN') },
    ]);
  });

  it('scenario 12: a port that stays DOWN, until the agent gives up', () => {
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

  it('scenario 46: many ports that are DOWN together: one is tried at a time', () => {
    const many = Array.from({ length: 9 }, (_, index) => nicOf(`n-${index}`, index + 1));
    const long = NOW - PATIENCE.patienceMs;
    const tried = (downs: (index: number) => Down) => {
      const byPort = new Map(many.map(({ port }, index) => [port?.id ?? '', downs(index)]));
      const view = { areDownTogether: true, down: (id: string) => byPort.get(id) };
      return findAll({ nics: many, view }).map((finding) => 'nic' in finding && finding.nic.id);
    };
    expect(tried((index) => ({ since: long - index, tries: 0 }))).toEqual(['n-8']);
    // Its patience has begun again, and the others wait for its result.
    expect(tried((index) => ({ since: index === 8 ? NOW : long, tries: index === 8 ? 1 : 0 }))).toEqual([]);
    expect(tried((index) => ({ since: long, tries: index === 8 ? 2 : 0 }))).toEqual(['n-8']);
    expect(tried((index) => ({ since: long, tries: index === 8 ? 4 : 0 }))).toEqual(['n-0']);
  });

  it('scenario 12: a warm NIC whose port was found changed while the NIC returned', () => {
    expect(broken({ ...warm, isSpent: true }, {})).toEqual(['changed port']);
    expect(broken({ ...warm, isSpent: true }, { ports: [] })).toEqual(['lost port']);
  });

  it('scenario 32: the row, or its port id', () => {
    expect(broken(warm, { rows: [] })).toEqual(['unplugged']);
    expect(broken(warm, { rows: [rowOf(nicOf('other', 1))] })).toContain('wrong row');
  });

  it("scenario 33: the pair: both ends of a warm NIC, the VM's end of a claimed one", () => {
    const [vmEnd, containerEnd] = linksOf(warm) as [Link, Link];
    expect(broken(warm, { interfaces: [vmEnd] })).toEqual(['broken pair']);
    expect(broken(warm, { interfaces: [containerEnd] })).toEqual(['broken pair']);
    const inside = nicOf('inside', 1, claimed({ endpointId: 'e' }));
    expect(broken(inside, {})).toEqual([]);
    expect(broken(inside, { interfaces: [] })).toEqual(['broken pair']);
  });
});
