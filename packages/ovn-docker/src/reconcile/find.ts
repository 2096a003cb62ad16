import { shortId } from '../clients/short-id.ts';
import type { Nic } from '../nics/nic.ts';
import { type AgentView, describe, type Parts, partsByName, rowOf } from './agent-view.ts';
import { findDefect, findDownPorts } from './find-defects.ts';
import { findStrays } from './find-strays.ts';
import type { Finding, FoundClaim } from './finding.ts';
import type { DockerView, Observation } from './observe.ts';
import { isInDocker } from './record-in-docker.ts';

/** How long a claim may wait for its container, in milliseconds. */
export interface Patience {
  readonly patienceMs: number;
}

/**
 * Compares what the agent knows with what Neutron, the VM's switch, its kernel and Docker report. Changes
 * nothing. Ignores what does not carry this VM's mark, and what the agent learned or forgot during the
 * observation: that is work in progress.
 */
export function findDifferences(
  view: AgentView,
  observation: Observation,
  { patienceMs }: Patience,
): Finding[] {
  const knownNow = [...view.nics, ...view.draining].flatMap(({ id, port }) => (port ? [id, port.id] : [id]));
  const known = new Set([...observation.knownBefore, ...knownNow]);
  const complete = view.nics.filter(
    ({ id, state }) => state !== 'making' && observation.completeBefore.has(id),
  );
  const found = complete.filter(({ state }) => state === 'found');
  const others = complete.filter(({ state }) => state !== 'found');
  const parts = partsByName(observation);
  const defects = others.flatMap((nic) => findDefect(nic, view, observation, parts) ?? []);
  const defective = new Set<Nic>(defects.map(({ nic }) => nic));
  return [
    ...findForgottenNetworks(view, observation),
    ...found.flatMap((nic) => findOwner(nic, view, observation, parts) ?? []),
    ...complete.flatMap((nic) => findUnusedClaim(nic, observation, patienceMs) ?? []),
    ...defects,
    ...findDownPorts(
      complete.filter((nic) => !defective.has(nic)),
      view,
      { at: observation.at, patienceMs },
    ),
    ...findWrongFlows(observation, view),
    ...findStrays(view, observation, known, parts),
  ];
}

/**
 * Docker networks of the driver without a record on the bridge's row, before and after Docker was asked: the
 * switch's database was wiped.
 */
function findForgottenNetworks(view: AgentView, { docker, dockerNetworksBefore }: Observation): Finding[] {
  const recorded = new Set([...view.dockerNetworks.keys(), ...dockerNetworksBefore]);
  return [...(docker?.networks ?? [])]
    .filter(([dockerId]) => !recorded.has(dockerId))
    .map(([dockerId, network]) => ({
      kind: 'forgotten Docker network',
      dockerId,
      network,
      what: `the Neutron network of Docker network ${shortId(dockerId)}`,
      evidence: "Docker has the network, and the VM's switch has no record of it",
      action: 'find it again by its options or its name',
    }));
}

/** Guard flows that another program changed, although the agent follows such changes. */
function findWrongFlows({ guard }: Observation, { vm }: AgentView): Finding[] {
  const { missing = [], stale = [] } = guard ?? {};
  if (missing.length + stale.length === 0) return [];
  const name = vm.vmSwitch.bridge;
  const what = `the guard flows of ${name}`;
  const evidence = `${missing.length} are missing or altered, ${stale.length} belong to no port`;
  return [{ kind: 'wrong flows', name, what, evidence, action: 'install and remove them' }];
}

/**
 * Finds out which container uses an unclaimed NIC of an earlier agent. If the NIC has no row (the switch's
 * database was wiped), only Docker can tell. A NIC whose interface is in a container stays there, whatever
 * Docker says.
 */
function findOwner(nic: Nic, view: AgentView, observation: Observation, parts: Parts): Finding | undefined {
  const what = describe(nic);
  const claim = claimInDocker(nic, view.labelOf(nic), observation.docker);
  const hasRow = rowOf(nic, parts) !== undefined;
  if (claim) {
    const evidence = 'Docker has a container with it';
    return { kind: 'found NIC', nic, claim, what, evidence, action: 'keep it' };
  }
  if (view.isElsewhere(nic)) {
    if (hasRow) return undefined;
    const evidence = 'its interface is in a container, and the VM’s switch has no port for it';
    return { kind: 'unplugged', nic, what, evidence, action: 'plug it again' };
  }
  if (!hasRow && !observation.docker) return undefined;
  const evidence = leftoverEvidence(nic, hasRow, parts);
  return { kind: 'leftover NIC', nic, what, evidence, action: 'finish it for the warm pool, or remove it' };
}

function leftoverEvidence({ port }: Nic, hasRow: boolean, { vmEnds }: Parts): string {
  if (!hasRow) return 'the VM’s switch has no row for it, and Docker no container';
  const pair = vmEnds.has(port?.id ?? '') ? '' : ', and its veth pair is gone';
  return `its row in the VM’s switch carries no claim${pair}`;
}

function claimInDocker(
  nic: Nic,
  label: string | undefined,
  docker: DockerView | undefined,
): FoundClaim | undefined {
  // A NIC that was made for a `--net=none` container has the label as its id, even if its pair is gone.
  const container = docker?.labelled.get(label ?? nic.id);
  if (container) return { label: container.label, containerId: container.id };
  const endpoint = [...(docker?.networks.values() ?? [])]
    .flatMap(({ macs }) => [...macs])
    .find(([, mac]) => mac === nic.port?.mac_address);
  return endpoint && { endpointId: endpoint[0] };
}

/** A claim that is older than the patience and has no container in Docker. */
function findUnusedClaim(nic: Nic, { at, docker }: Observation, patienceMs: number): Finding | undefined {
  const { claim } = nic;
  if (!claim || claim.leave || at - claim.since < patienceMs) return undefined;
  const { endpointId, label } = claim;
  const unused = (kind: 'unused claim' | 'dead endpoint' | 'dead container', evidence: string): Finding => ({
    kind,
    nic,
    claim,
    ...(endpointId === undefined ? {} : { endpointId }),
    what: describe(nic),
    evidence,
    action: 'back to the warm pool, or remove it',
  });
  if (endpointId !== undefined) {
    if (!docker || isInDocker(claim, docker)) return undefined;
    return unused('dead endpoint', `Docker has no endpoint ${shortId(endpointId)}`);
  }
  if (label !== undefined) {
    if (!docker || isInDocker(claim, docker)) return undefined;
    return unused('dead container', `Docker has no container with label ${label}`);
  }
  return unused('unused claim', `claimed at ${new Date(claim.since).toISOString()}, and no container came`);
}
