import type { Port } from '@ovn-docker/openstack';
import { nicIdOf } from '../clients/neutron/port-tags.ts';
import { shortId } from '../clients/short-id.ts';
import { dockerIdOf } from '../networks/network-labels.ts';
import { rowKeys, vlanOfName } from '../nics/names.ts';
import { readAlias } from '../nics/pair-alias.ts';
import type { AgentView, Parts } from './agent-view.ts';
import type { Finding } from './finding.ts';
import type { Observation } from './observe.ts';

/** Finds ports, rows, interfaces and networks with this VM's mark that belong to no NIC or Docker network. */
export function findStrays(
  view: AgentView,
  observation: Observation,
  known: ReadonlySet<string>,
  parts: Parts,
): Finding[] {
  return [
    ...strayPorts(view, observation, known),
    ...strayRows(observation, known, parts),
    ...strayInterfaces(view, observation, parts),
    ...strayDockerNetworks(view, observation),
    ...strayNetworks(view, observation),
  ];
}

function strayPorts(view: AgentView, observation: Observation, known: ReadonlySet<string>): Finding[] {
  const claimed = new Set(
    observation.rows
      .filter(({ externalIds }) => externalIds[rowKeys.claimed] !== undefined)
      .map(({ externalIds }) => externalIds[rowKeys.ifaceId]),
  );
  const twinOf = twinFinder(view, observation);
  return observation.ports.flatMap((port): Finding[] => {
    const id = nicIdOf(port.tags);
    const twin = twinOf(port.id, id);
    // The port's own id counts first: users can change its Neutron tags.
    const isKnown = known.has(port.id) || claimed.has(port.id);
    if (id === undefined || isKnown || (known.has(id) && !twin)) return [];
    const what = `Neutron port ${port.id} ${port.fixed_ips.map(({ ip_address }) => ip_address).join(' ')}`;
    const evidence = twin
      ? `tagged as NIC ${id}, whose port is ${twin.id}`
      : `tagged for this VM, and the agent knows no NIC ${id}`;
    return [{ kind: 'stray port', port, what, evidence, action: 'remove it' }];
  });
}

/** A row whose port exists is no stray: deleting the port deletes the row. */
function strayRows({ rows }: Observation, known: ReadonlySet<string>, { ports }: Parts): Finding[] {
  return rows.flatMap(({ name, externalIds }): Finding[] => {
    const nicId = externalIds[rowKeys.nic];
    const portId = externalIds[rowKeys.ifaceId] ?? '';
    if (nicId === undefined || known.has(nicId) || known.has(portId) || ports.has(portId)) return [];
    const what = `port ${name} of the VM's switch`;
    const evidence = `marked as NIC ${nicId}, which the agent does not know`;
    return [{ kind: 'stray row', name, nicId, what, evidence, action: 'remove it' }];
  });
}

function strayInterfaces(view: AgentView, { interfaces }: Observation, { ports }: Parts): Finding[] {
  const vlans = new Set([...view.nics, ...view.draining].map(({ vlan }) => vlan));
  return interfaces.flatMap(({ name, alias }): Finding[] => {
    // Only the VM's end of a pair has an alias.
    const portId = alias && readAlias(alias)?.portId;
    if (!portId || ports.has(portId) || vlans.has(vlanOfName(name))) return [];
    const evidence = `its alias is "${alias}", and no NIC has that VLAN`;
    return [
      { kind: 'stray interface', name, alias, what: `interface ${name}`, evidence, action: 'remove it' },
    ];
  });
}

/** Records on the bridge's row of networks that Docker does not have any more. */
function strayDockerNetworks(view: AgentView, { docker, dockerNetworksBefore }: Observation): Finding[] {
  if (!docker) return [];
  return [...view.dockerNetworks.keys()].flatMap((dockerId): Finding[] => {
    if (docker.networks.has(dockerId) || !dockerNetworksBefore.includes(dockerId)) return [];
    const what = `the Neutron network of Docker network ${shortId(dockerId)}`;
    const evidence = 'Docker does not have the network any more';
    const action = 'remove what the agent made for it';
    return [{ kind: 'stray Docker network', dockerId, what, evidence, action }];
  });
}

/**
 * Neutron networks that CreateNetwork made without recording them: the agent died before, or Neutron carried
 * out the request twice and the record names the other network.
 */
function strayNetworks(
  { dockerNetworks }: AgentView,
  { docker, madeNetworks, dockerNetworksBefore }: Observation,
): Finding[] {
  if (!docker) return [];
  const recorded = new Set(dockerNetworks.values());
  return madeNetworks.flatMap((network): Finding[] => {
    const short = dockerIdOf(network);
    if (recorded.has(network.id) || short === undefined) return [];
    const dockerId = [...docker.networks.keys()].find((id) => shortId(id) === short);
    const twin =
      dockerId && dockerNetworksBefore.includes(dockerId) ? dockerNetworks.get(dockerId) : undefined;
    if (dockerId !== undefined && twin === undefined) return [];
    const what = `Neutron network ${network.name} ${network.id}`;
    const evidence = twin
      ? `made for Docker network ${short}, which has network ${twin}`
      : `made by an agent of this VM, and Docker has no network ${short}`;
    return [{ kind: 'stray network', networkId: network.id, what, evidence, action: 'remove it' }];
  });
}

/**
 * Returns a function that finds a port's twin: the port of the NIC whose id the port carries, if that is
 * another port. Neutron creates twins when it carries out a request twice.
 */
function twinFinder({ nics, draining }: AgentView, { completeBefore }: Observation) {
  const portsInDeletion = new Set(draining.map(({ port }) => port?.id));
  const byId = new Map(nics.map((nic) => [nic.id, nic]));
  return (portId: string, nicId: string | undefined): Port | undefined => {
    const nic = byId.get(nicId ?? '');
    const isInProgress = portsInDeletion.has(portId) || nic?.state === 'making';
    if (!nic?.port || isInProgress || !completeBefore.has(nic.id)) return undefined;
    return nic.port.id === portId ? undefined : nic.port;
  };
}
