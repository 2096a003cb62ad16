import type { Nic } from '../nics/nic.ts';
import { describe, type Held, type Parts, partsByName, rowOf } from './agent-view.ts';
import { incomplete, staysDown } from './find-defects.ts';
import { strays } from './find-strays.ts';
import type { Finding, FoundClaim } from './finding.ts';
import type { DockerView, Observation } from './observe.ts';

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
  const defects = settled
    .filter(({ state }) => state !== 'found')
    .flatMap((nic) => incomplete(nic, held, seen, parts));
  return [
    ...forgottenNetworks(held, seen),
    ...settled.filter(({ state }) => state === 'found').flatMap((nic) => foundNic(nic, held, seen, parts)),
    ...settled.flatMap((nic) => withoutUser(nic, seen, patienceMs)),
    ...defects.map(({ finding }) => finding),
    ...staysDown(settled, new Set(defects.map(({ nic }) => nic)), held, { at: seen.at, patienceMs }),
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
  return [{ kind: 'leftover NIC', nic, what, evidence, action: 'finish it for the warm pool, or remove it' }];
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
