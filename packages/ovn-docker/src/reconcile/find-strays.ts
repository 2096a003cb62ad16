import type { Port } from '@ovn-docker/openstack';
import { dockerIdOf } from '../networks/network-marks.ts';
import { nicIdOf, rowKeys, vlanOfName } from '../nics/names.ts';
import { readAlias } from '../nics/pair-alias.ts';
import type { Held, Parts } from './agent-view.ts';
import type { Finding } from './finding.ts';
import type { Observation } from './observe.ts';

/** Things with our mark that belong to no NIC. As long as there is a port, what is plugged for it goes with that. */
export function strays(held: Held, seen: Observation, known: ReadonlySet<string>, parts: Parts): Finding[] {
  const findings: Finding[] = [];
  const claimed = new Set(
    seen.rows
      .filter(({ externalIds }) => externalIds[rowKeys.claimed] !== undefined)
      .map(({ externalIds }) => externalIds[rowKeys.ifaceId]),
  );
  const twinOf = twinFinder(held, seen);
  for (const port of seen.ports) {
    const id = nicIdOf(port.tags);
    const twin = twinOf(port.id, id);
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
  const vlans = new Set([...held.nics, ...held.draining].map(({ vlan }) => vlan));
  for (const { name, alias } of seen.links) {
    // Only the VM's end of a pair has an alias.
    const portId = alias && readAlias(alias)?.portId;
    if (!portId || parts.ports.has(portId) || vlans.has(vlanOfName(name))) continue;
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

/** Gives the port that the NIC with a port's mark really has: a request that was carried out twice made both. */
function twinFinder({ nics, draining }: Held, { settledBefore }: Observation) {
  const going = new Set(draining.map(({ port }) => port?.id));
  const byId = new Map(nics.map((nic) => [nic.id, nic]));
  return (portId: string, nicId: string | undefined): Port | undefined => {
    const nic = byId.get(nicId ?? '');
    if (!nic?.port || going.has(portId) || nic.state === 'making' || !settledBefore.has(nic.id)) {
      return undefined;
    }
    return nic.port.id === portId ? undefined : nic.port;
  };
}

/**
 * Networks that CreateNetwork made and that nothing came of: the agent ended before it had noted them, or the request was carried out
 * twice and the other network is the one that was noted.
 */
function strayNetworks(
  { dockerNetworks }: Held,
  { docker, madeNetworks, dockerNetworksBefore }: Observation,
): Finding[] {
  const noted = new Set(dockerNetworks.values());
  return madeNetworks.flatMap((network): Finding[] => {
    const dockerId = dockerIdOf(network);
    if (noted.has(network.id) || dockerId === undefined || docker === undefined) return [];
    const theirs = [...docker.networks.keys()].find((id) => id.startsWith(dockerId));
    const twin = theirs && dockerNetworksBefore.includes(theirs) ? dockerNetworks.get(theirs) : undefined;
    if (theirs !== undefined && twin === undefined) return [];
    const what = `Neutron network ${network.name} ${network.id}`;
    const evidence = twin
      ? `made for Docker network ${dockerId}, which has network ${twin}`
      : `made by an agent of this VM, and Docker has no network ${dockerId}`;
    return [{ kind: 'stray network', networkId: network.id, what, evidence, action: 'remove it' }];
  });
}
