import { interfaceNames, nicIdOf, rowKeys } from '../../nics/names.ts';
import type { Nic } from '../../nics/nic.ts';
import type { Vm } from '../../nics/vm.ts';
import type { Finding, FoundClaim } from './finding.ts';
import type { DockerView, Observation } from './observe.ts';

/** What the agent holds, for comparison with what was observed. */
export interface Held {
  readonly nics: readonly Nic[];
  readonly draining: readonly Nic[];
  /** Docker's ids of the networks that have a note on the bridge. */
  readonly dockerNetworks: readonly string[];
  readonly vm: Pick<Vm, 'mode' | 'vlans'>;
  /** Whether a NIC's pair is complete and its other end is in the VM. */
  isWhole(nic: Nic): boolean;
}

/** How long what somebody asked for may wait for its container, in milliseconds. */
export interface Patience {
  readonly patienceMs: number;
}

/**
 * Compares what the agent holds with what Neutron, the VM's switch, its kernel and Docker show. Changes nothing. What is not
 * ours (no mark, another VM's mark) is not looked at; what the agent did not know before the observation but knows now,
 * or the other way round, is work in progress.
 */
export function findDifferences(held: Held, seen: Observation, { patienceMs }: Patience): Finding[] {
  const known = new Set([...seen.knownBefore, ...[...held.nics, ...held.draining].map(({ id }) => id)]);
  const settled = held.nics.filter(({ id, state }) => state !== 'making' && seen.knownBefore.has(id));
  return [
    ...settled.filter(({ state }) => state === 'found').map((nic) => foundNic(nic, seen.docker)),
    ...settled.flatMap((nic) => withoutUser(nic, seen, patienceMs)),
    ...settled.filter(({ state }) => state !== 'found').flatMap((nic) => incomplete(nic, held, seen)),
    ...strays(held, seen, known),
  ];
}

/** Made by a former agent, and its row says of nobody that he has it. */
function foundNic(nic: Nic, docker: DockerView | undefined): Finding {
  const containerId = docker?.labelled.get(nic.id)?.id;
  const endpoint = [...(docker?.networks.values() ?? [])]
    .flatMap(({ macs }) => [...macs])
    .find(([, mac]) => mac === nic.port?.mac_address);
  const claim: FoundClaim | undefined =
    containerId !== undefined ? { label: nic.id, containerId } : endpoint && { endpointId: endpoint[0] };
  return {
    kind: 'found NIC',
    nic,
    ...(claim ? { claim } : {}),
    what: describe(nic),
    evidence: claim ? 'Docker has a container with it' : 'no row in the VM’s switch says whose it is',
    action: claim ? 'keep it' : 'finish it for the warm pool, or remove it',
  };
}

function withoutUser(nic: Nic, { at, docker }: Observation, patienceMs: number): Finding[] {
  const { claim } = nic;
  if (!claim || at - claim.since < patienceMs) return [];
  const finding = (
    kind: 'unused claim' | 'dead endpoint' | 'dead container',
    evidence: string,
  ): Finding[] => [
    { kind, nic, what: describe(nic), evidence, action: 'back to the warm pool, or remove it' },
  ];
  if (claim.endpointId !== undefined) {
    const isAlive = [...(docker?.networks.values() ?? [])].some(({ macs }) =>
      macs.has(claim.endpointId ?? ''),
    );
    return docker && !isAlive
      ? finding('dead endpoint', `Docker has no endpoint ${claim.endpointId.slice(0, 12)}`)
      : [];
  }
  if (claim.label !== undefined) {
    return docker && !docker.labelled.has(claim.label)
      ? finding('dead container', `Docker has no container with label ${claim.label}`)
      : [];
  }
  return finding('unused claim', `asked for at ${new Date(claim.since).toISOString()}, and nobody came`);
}

/** Something of a NIC that should be complete is missing. */
function incomplete(nic: Nic, held: Held, { ports, subports, rows, links }: Observation): Finding[] {
  const { port, vlan } = nic;
  if (!port || vlan === undefined) return [];
  const { vmEnd } = interfaceNames(vlan);
  const what = describe(nic);
  if (!ports.some(({ id }) => id === port.id)) {
    const isWarm = nic.state === 'warm';
    const action = isWarm ? 'remove it' : 'none: its container is cut off; start it again';
    return [{ kind: 'lost port', nic, what, evidence: `Neutron has no port ${port.id}`, action }];
  }
  if (held.vm.mode === 'trunk' && subports.get(port.id) !== vlan) {
    const evidence = `the VM's trunk does not carry it under VLAN ${vlan}`;
    return [{ kind: 'lost subport', nic, what, evidence, action: 'add it to the trunk again' }];
  }
  if (!rows.some(({ name, externalIds }) => name === vmEnd && externalIds[rowKeys.ifaceId] === port.id)) {
    return [
      {
        kind: 'unplugged',
        nic,
        what,
        evidence: `the VM's switch has no port ${vmEnd}`,
        action: 'plug it again',
      },
    ];
  }
  const isBroken = nic.state === 'warm' ? !held.isWhole(nic) : !links.some(({ name }) => name === vmEnd);
  if (!isBroken) return [];
  const canRenew = nic.state === 'warm' || nic.claim?.label !== undefined;
  const action = canRenew ? 'make it anew' : 'none: its container is cut off; start it again';
  return [{ kind: 'broken pair', nic, what, evidence: `${vmEnd} or its other end is gone`, action }];
}

/** Things with our mark that belong to no NIC. */
function strays(held: Held, seen: Observation, known: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  for (const port of seen.ports) {
    const id = nicIdOf(port.tags);
    if (id === undefined || known.has(id)) continue;
    const what = `Neutron port ${port.id} ${port.fixed_ips.map(({ ip_address }) => ip_address).join(' ')}`;
    const evidence = `tagged for this VM, and the agent knows no NIC ${id}`;
    findings.push({ kind: 'stray port', port, what, evidence, action: 'remove it' });
  }
  for (const { name, externalIds } of seen.rows) {
    const id = externalIds[rowKeys.nic];
    if (id === undefined || known.has(id)) continue;
    const evidence = `marked as NIC ${id}, which the agent does not know`;
    findings.push({
      kind: 'stray row',
      name,
      what: `port ${name} of the VM's switch`,
      evidence,
      action: 'remove it',
    });
  }
  const names = new Set(
    [...held.nics, ...held.draining].flatMap(({ vlan }) =>
      vlan === undefined ? [] : Object.values(interfaceNames(vlan)),
    ),
  );
  for (const { name, alias } of seen.links) {
    if (names.has(name) || !alias?.startsWith('ovn-docker ')) continue;
    const evidence = `its alias is "${alias}", and no NIC has that VLAN`;
    findings.push({
      kind: 'stray interface',
      name,
      what: `interface ${name}`,
      evidence,
      action: 'remove it',
    });
  }
  for (const dockerId of seen.docker ? held.dockerNetworks : []) {
    if (seen.docker?.networks.has(dockerId)) continue;
    const what = `what stands behind Docker network ${dockerId.slice(0, 12)}`;
    const evidence = 'Docker has no such network any more';
    findings.push({
      kind: 'stray Docker network',
      dockerId,
      what,
      evidence,
      action: 'remove what we made for it',
    });
  }
  return findings;
}

function describe({ target, port, vlan }: Nic): string {
  const addresses = port?.fixed_ips.map(({ ip_address }) => ip_address).join(' ') ?? '';
  return `NIC ${addresses} of ${target.network.name || target.network.id}, VLAN ${vlan ?? '-'}`;
}
