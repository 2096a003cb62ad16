import type { Port } from '@ovn-docker/openstack';
import { readAlias } from '../../attach/make-veth.ts';
import type { PluggedPort } from '../../clients/vm-switch.ts';
import { interfaceNames, nicIdOf, rowKeys } from '../../nics/names.ts';
import { isPlain, type Nic } from '../../nics/nic.ts';
import { isBoundUnder } from '../../nics/parent-of.ts';
import { hasGroupsOf, isUnaltered } from '../../nics/plain-port.ts';
import type { Vm } from '../../nics/vm.ts';
import { dockerIdOf } from '../../plugins/libnetwork/network-marks.ts';
import type { Finding, FoundClaim } from './finding.ts';
import type { DockerView, Observation } from './observe.ts';

/** What the agent holds, for comparison with what was observed. */
export interface Held {
  readonly nics: readonly Nic[];
  readonly draining: readonly Nic[];
  /** Networks that have a note on the bridge: Neutron's id by Docker's. */
  readonly dockerNetworks: ReadonlyMap<string, string>;
  readonly vm: Pick<Vm, 'mode' | 'vifId' | 'vlans'>;
  /** Whether a NIC's pair is complete and its other end is in the VM. */
  isWhole(nic: Nic): boolean;
  /** Whether the other end of its pair is in a container. */
  isElsewhere(nic: Nic): boolean;
  /** The label of the container that its pair was made for. */
  labelOf(nic: Nic): string | undefined;
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
  const now = [...held.nics, ...held.draining].flatMap(({ id, port }) => (port ? [id, port.id] : [id]));
  const known = new Set([...seen.knownBefore, ...now]);
  const settled = held.nics.filter(({ id, state }) => state !== 'making' && seen.settledBefore.has(id));
  const parts = partsByName(seen);
  return [
    ...forgottenNetworks(held, seen),
    ...settled.filter(({ state }) => state === 'found').flatMap((nic) => foundNic(nic, held, seen, parts)),
    ...settled.flatMap((nic) => withoutUser(nic, seen, patienceMs)),
    ...settled.filter(({ state }) => state !== 'found').flatMap((nic) => incomplete(nic, held, seen, parts)),
    ...strays(held, seen, known, parts),
  ];
}

/** Networks of our driver that have no note on the bridge, and had none before Docker was asked: the switch's database was wiped. */
function forgottenNetworks(held: Held, { docker, dockerNetworksBefore }: Observation): Finding[] {
  const noted = new Set([...held.dockerNetworks.keys(), ...dockerNetworksBefore]);
  return [...(docker?.networks ?? [])]
    .filter(([dockerId]) => !noted.has(dockerId))
    .map(([dockerId, network]) => ({
      kind: 'forgotten Docker network',
      dockerId,
      network,
      what: `what stands behind Docker network ${dockerId.slice(0, 12)}`,
      evidence: "Docker has it, and the VM's switch has no note of it",
      action: 'find it again by its options or its name',
    }));
}

/** What was observed, by what a NIC knows of it: each of 4,094 NICs looks for its own parts. */
interface Parts {
  readonly ports: ReadonlyMap<string, Port>;
  readonly rows: ReadonlyMap<string, PluggedPort>;
  readonly links: ReadonlySet<string>;
}

function partsByName({ ports, rows, links }: Observation): Parts {
  return {
    ports: new Map(ports.map((port) => [port.id, port])),
    rows: new Map(rows.map((row) => [row.name, row])),
    links: new Set(links.map(({ name }) => name)),
  };
}

/**
 * Made by a former agent, and no row says of anybody that he has it. Without a row (the switch's database was wiped) Docker's word
 * is needed, and a pair whose other end is in a container is left there whatever Docker says.
 */
function foundNic(nic: Nic, held: Held, seen: Observation, parts: Parts): Finding[] {
  const what = describe(nic);
  const claim = claimInDocker(nic, held.labelOf(nic), seen.docker);
  const hasRow = rowOf(nic, parts) !== undefined;
  if (claim) {
    const evidence = 'Docker has a container with it';
    return [{ kind: 'found NIC', nic, claim, what, evidence, action: 'keep it' }];
  }
  if (held.isElsewhere(nic)) {
    const evidence = 'its interface is in a container, and the VM’s switch has no port for it';
    return hasRow ? [] : [{ kind: 'unplugged', nic, what, evidence, action: 'plug it again' }];
  }
  if (!hasRow && !seen.docker) return [];
  const evidence = 'no row in the VM’s switch says whose it is';
  return [{ kind: 'found NIC', nic, what, evidence, action: 'finish it for the warm pool, or remove it' }];
}

function claimInDocker(
  nic: Nic,
  label: string | undefined,
  docker: DockerView | undefined,
): FoundClaim | undefined {
  // A NIC that was made for its container has the label for an id: its pair may be gone, too.
  const container = docker?.labelled.get(label ?? nic.id);
  if (container) return { label: container.label, containerId: container.id };
  const endpoint = [...(docker?.networks.values() ?? [])]
    .flatMap(({ macs }) => [...macs])
    .find(([, mac]) => mac === nic.port?.mac_address);
  return endpoint && { endpointId: endpoint[0] };
}

/** Its port on the VM's bridge. */
function rowOf({ port, vlan }: Nic, { rows }: Parts): PluggedPort | undefined {
  if (!port || vlan === undefined) return undefined;
  const row = rows.get(interfaceNames(vlan).vmEnd);
  return row?.externalIds[rowKeys.ifaceId] === port.id ? row : undefined;
}

function withoutUser(nic: Nic, { at, docker }: Observation, patienceMs: number): Finding[] {
  const { claim } = nic;
  if (!claim || at - claim.since < patienceMs) return [];
  const { endpointId } = claim;
  const finding = (
    kind: 'unused claim' | 'dead endpoint' | 'dead container',
    evidence: string,
  ): Finding[] => [
    {
      kind,
      nic,
      claim,
      ...(endpointId === undefined ? {} : { endpointId }),
      what: describe(nic),
      evidence,
      action: 'back to the warm pool, or remove it',
    },
  ];
  if (endpointId !== undefined) {
    const isAlive = [...(docker?.networks.values() ?? [])].some(({ macs }) => macs.has(endpointId));
    return docker && !isAlive
      ? finding('dead endpoint', `Docker has no endpoint ${endpointId.slice(0, 12)}`)
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
function incomplete(nic: Nic, held: Held, seen: Observation, parts: Parts): Finding[] {
  const { port, vlan } = nic;
  if (!port || vlan === undefined) return [];
  const { vmEnd } = interfaceNames(vlan);
  const isWarm = nic.state === 'warm';
  const cutOff = 'none: its container is cut off; start it again';
  const finding = (
    kind: 'lost port' | 'changed port' | 'lost subport' | 'unplugged' | 'broken pair',
    evidence: string,
    action: string,
  ): Finding[] => [{ kind, nic, what: describe(nic), evidence, action }];

  const now = parts.ports.get(port.id);
  // Of one that is not used again anyway, nothing more is said.
  if (!now && nic.isSpent) return [];
  if (!now) return finding('lost port', `Neutron has no port ${port.id}`, isWarm ? 'remove it' : cutOff);
  if (isPlain(nic) && !nic.isSpent && !isFitForOthers(nic, port, now)) {
    return finding('changed port', `somebody has changed port ${port.id}`, 'not to be used for the next one');
  }
  const isBound = isBoundUnder({ port: now, vlan }, held.vm.vifId);
  if (held.vm.mode === 'trunk' && !isBound && seen.subports.get(port.id) !== vlan) {
    const evidence = `the VM's trunk does not carry it under VLAN ${vlan}`;
    return finding('lost subport', evidence, 'add it to the trunk again');
  }
  if (!rowOf(nic, parts))
    return finding('unplugged', `the VM's switch has no port ${vmEnd}`, 'plug it again');
  const isBroken = isWarm ? !held.isWhole(nic) : !parts.links.has(vmEnd);
  if (!isBroken) return [];
  const canRenew = isWarm || nic.claim?.label !== undefined;
  return finding('broken pair', `${vmEnd} or its other end is gone`, canRenew ? 'make it anew' : cutOff);
}

/** Whether a port is still what its next user would expect: as it was, and as a new one would be. */
function isFitForOthers({ target }: Nic, was: Port, is: Port): boolean {
  return isSamePort(was, is) && isUnaltered(is, target.network) && hasGroupsOf(is, target);
}

function isSamePort(was: Port, is: Port): boolean {
  const view = (port: Port) =>
    JSON.stringify([
      port.mac_address,
      port.admin_state_up,
      port.port_security_enabled,
      port.fixed_ips.map(({ ip_address }) => ip_address).sort(),
      port.security_groups?.toSorted(),
      port.allowed_address_pairs?.map((pair) => JSON.stringify(pair)).sort(),
    ]);
  return view(was) === view(is);
}

/** Things with our mark that belong to no NIC. As long as there is a port, what is plugged for it goes with that. */
function strays(held: Held, seen: Observation, known: ReadonlySet<string>, parts: Parts): Finding[] {
  const findings: Finding[] = [];
  const claimed = new Set(
    seen.rows
      .filter(({ externalIds }) => externalIds[rowKeys.claimed] !== undefined)
      .map(({ externalIds }) => externalIds[rowKeys.ifaceId]),
  );
  for (const port of seen.ports) {
    const id = nicIdOf(port.tags);
    const twin = twinOf(port, held, seen);
    // Known by the port itself first: its marks in Neutron are the user's to change.
    const isKnown = known.has(port.id) || claimed.has(port.id);
    if (id === undefined || isKnown || (known.has(id) && !twin)) continue;
    const what = `Neutron port ${port.id} ${port.fixed_ips.map(({ ip_address }) => ip_address).join(' ')}`;
    const evidence = twin
      ? `tagged as NIC ${id}, whose port is ${twin.id}`
      : `tagged for this VM, and the agent knows no NIC ${id}`;
    findings.push({ kind: 'stray port', port, what, evidence, action: 'remove it' });
  }
  for (const { name, externalIds } of seen.rows) {
    const id = externalIds[rowKeys.nic];
    const portId = externalIds[rowKeys.ifaceId] ?? '';
    if (id === undefined || known.has(id) || known.has(portId) || parts.ports.has(portId)) continue;
    const evidence = `marked as NIC ${id}, which the agent does not know`;
    findings.push({
      kind: 'stray row',
      name,
      nicId: id,
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
    const portId = readAlias(alias)?.portId;
    if (names.has(name) || alias === undefined || portId === undefined || parts.ports.has(portId)) continue;
    const evidence = `its alias is "${alias}", and no NIC has that VLAN`;
    findings.push({
      kind: 'stray interface',
      name,
      alias,
      what: `interface ${name}`,
      evidence,
      action: 'remove it',
    });
  }
  for (const dockerId of seen.docker ? held.dockerNetworks.keys() : []) {
    if (seen.docker?.networks.has(dockerId) || !seen.dockerNetworksBefore.includes(dockerId)) continue;
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
  return [...findings, ...strayNetworks(held, seen)];
}

/** The port that the NIC with the port's mark really has: a request that was carried out twice made both. */
function twinOf(port: Port, { nics, draining }: Held, { settledBefore }: Observation): Port | undefined {
  if (draining.some((nic) => nic.port?.id === port.id)) return undefined;
  const nic = nics.find(({ id }) => id === nicIdOf(port.tags));
  if (!nic?.port || nic.state === 'making' || !settledBefore.has(nic.id)) return undefined;
  return nic.port.id === port.id ? undefined : nic.port;
}

/** Networks that CreateNetwork made and that nothing came of: the agent ended before it had noted them. */
function strayNetworks({ dockerNetworks }: Held, { docker, madeNetworks }: Observation): Finding[] {
  const noted = new Set(dockerNetworks.values());
  return madeNetworks.flatMap((network): Finding[] => {
    const dockerId = dockerIdOf(network);
    if (noted.has(network.id) || dockerId === undefined || docker === undefined) return [];
    if ([...docker.networks.keys()].some((id) => id.startsWith(dockerId))) return [];
    const what = `Neutron network ${network.name} ${network.id}`;
    const evidence = `made by an agent of this VM, and Docker has no network ${dockerId}`;
    return [{ kind: 'stray network', networkId: network.id, what, evidence, action: 'remove it' }];
  });
}

function describe({ target, port, vlan }: Nic): string {
  const addresses = port?.fixed_ips.map(({ ip_address }) => ip_address).join(' ') ?? '';
  return `NIC ${addresses} of ${target.network.name || target.network.id}, VLAN ${vlan ?? '-'}`;
}
