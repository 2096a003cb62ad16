import type { Link } from '@ovn-docker/netlink';
import { describe, expect, it } from 'vitest';
import {
  claimed,
  dockerWith,
  find,
  findAll,
  NOW,
  nicOf,
  PATIENCE,
  portOf,
  rowOf,
} from '../../test/support/observed-vm.ts';
import { pluggedPort } from '../../test/support/plugged-port.ts';
import { VIF } from '../../test/support/world.ts';
import { portTags } from '../clients/neutron/port-tags.ts';
import { rowKeys } from '../nics/names.ts';
import type { Claim } from '../nics/nic.ts';
import type { DockerView, Observation } from './observe.ts';

const warm = nicOf('warm', 1);
const everything = [
  warm,
  nicOf('waiting', 2, claimed({ since: NOW - 1 })),
  nicOf('driver', 3, claimed({ endpointId: 'e' })),
  nicOf('label', 4, claimed({ label: 'l' })),
];

describe('finds nothing', () => {
  it('when everything is right', () => {
    expect(find({ nics: everything, observation: { docker: dockerWith({ e: 'mac' }, ['l']) } })).toEqual([]);
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
      rows: [pluggedPort({ name: 'eth7', vlan: 7, externalIds: { [rowKeys.ifaceId]: 'foreign' } })],
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

it('scenario 49: guard flows that another program changed are one finding', () => {
  const flow = { table: 0, priority: 1, cookie: 0n, match: {}, instructions: {} };
  const [finding, ...others] = findAll({ observation: { guard: { missing: [flow, flow], stale: [flow] } } });
  expect([finding?.kind, others]).toEqual(['wrong flows', []]);
  expect(finding?.evidence).toBe('2 are missing or altered, 1 belong to no port');
  expect(find({ observation: { guard: undefined } })).toEqual([]);
});

describe('unused claims and networks', () => {
  const findClaimed = (claim: Partial<Claim>, observation: Partial<Observation> = {}) =>
    find({ nics: [nicOf('n', 1, claimed(claim))], observation });

  it('scenario 18: an address that Docker requested and never used, after the patience', () => {
    expect(findClaimed({})).toEqual(['unused claim']);
    expect(findClaimed({ since: NOW - PATIENCE.patienceMs + 1 })).toEqual([]);
    expect(findClaimed({}, { docker: undefined })).toEqual(['unused claim']);
  });

  it('scenario 16: an endpoint that Docker does not have', () => {
    expect(findClaimed({ endpointId: 'e' })).toEqual(['dead endpoint']);
    expect(findClaimed({ endpointId: 'e', since: NOW })).toEqual([]);
  });

  it('a container that Docker does not have', () => {
    expect(findClaimed({ label: 'l' })).toEqual(['dead container']);
  });

  it('scenario 24: a Docker network that Docker does not have any more', () => {
    expect(find({ observation: { docker: { ...dockerWith(), networks: new Map() } } })).toEqual([
      'stray Docker network',
    ]);
  });
});

describe("after the switch's database was wiped", () => {
  const findForgotten = (before: string[], now: string[]) =>
    find({
      view: { dockerNetworks: new Map(now.map((id) => [id, 'network-1'])) },
      observation: { dockerNetworksBefore: before, docker: dockerWith() },
    });

  it('scenario 32: a Docker network without a record is found again', () => {
    expect(findForgotten([], [])).toEqual(['forgotten Docker network']);
  });

  it('a Docker network that was created or removed during the observation is no finding', () => {
    expect(findForgotten([], ['docker-1'])).toEqual([]);
    expect(findForgotten(['docker-1'], [])).toEqual([]);
  });
});

describe('left by an earlier agent', () => {
  const lost = nicOf('lost', 1, { state: 'found' });

  it('a NIC without a claim, for which Docker may have a container', () => {
    const findWith = (docker: DockerView) => find({ nics: [lost], observation: { docker } });
    expect(findWith(dockerWith())).toEqual(['leftover NIC']);
    expect(findWith(dockerWith({ e: 'fa:16:3e:00:00:01' }))).toEqual(['found NIC']);
    expect(findWith(dockerWith({}, ['lost']))).toEqual(['found NIC']);
  });

  it('scenario 33: the evidence of a leftover says what the VM shows: its row, its pair, and Docker’s word', () => {
    const evidence = (observation: object) => {
      const findings = findAll({ nics: [lost], observation: { docker: dockerWith(), ...observation } });
      return findings.map((finding) => finding.evidence);
    };
    expect(evidence({})).toEqual(['its row in the VM’s switch carries no claim']);
    expect(evidence({ interfaces: [] })).toEqual([
      'its row in the VM’s switch carries no claim, and its veth pair is gone',
    ]);
    expect(evidence({ rows: [] })).toEqual(['the VM’s switch has no row for it, and Docker no container']);
  });

  it('scenario 32: a NIC in a container that has lost its row is only plugged again', () => {
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

  it('scenario 32: a claimed NIC without its row, whose pair has the label of the container', () => {
    const view = { labelOf: () => 'asked' };
    const observation = { rows: [], docker: dockerWith({}, ['asked']) };
    const findings = findAll({ nics: [lost], view, observation });
    expect(findings).toMatchObject([
      { kind: 'found NIC', claim: { label: 'asked', containerId: 'container-asked' } },
    ]);
    // Docker does not have that container any more.
    expect(
      findAll({ nics: [lost], view, observation: { rows: [], docker: dockerWith() } }),
    ).not.toHaveProperty('[0].claim');
  });

  it('no port with changed Neutron tags that a NIC has, or whose row has a claim', () => {
    const nic = nicOf('renamed', 1, claimed({ label: 'l' }));
    const ports = [portOf('renamed', { tags: [portTags.vif(VIF), portTags.nic('port-renamed')] })];
    const observation = { ports, docker: dockerWith({}, ['l']) };
    expect(find({ nics: [nic], observation })).toEqual([]);
    const row = rowOf(nic);
    const externalIds = { ...row.externalIds, [rowKeys.claimed]: new Date(0).toISOString() };
    expect(
      find({ complete: [nic], observation: { ...observation, rows: [{ ...row, externalIds }] } }),
    ).toEqual([]);
  });
});
