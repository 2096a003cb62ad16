import { forEachYielding } from '../attach/parts/for-each-yielding.ts';
import type { DockerEngine, ListedContainer } from '../clients/docker-engine.ts';
import { shortId } from '../clients/short-id.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { inTime } from '../queues/in-time.ts';
import type { LastPass } from './last-pass.ts';
import { indexOf, nicsOfContainer } from './nics-of-container.ts';
import type { ContainerNicView, ContainerView, ProbeView, Verdict } from './types.ts';
import { viewNic } from './view-nic.ts';

/** What the containers are seen with. */
export interface Lookout {
  readonly engine: Engine;
  readonly docker: Pick<DockerEngine, 'list'>;
  /** The last result of the probe of a NIC. */
  probeOf(nic: Nic): ProbeView | undefined;
}

/** A container before the agent knows since when its verdict holds. */
export type Sight = Omit<ContainerView, 'since'>;

/** A container and its NICs, before the agent looks at them. */
interface Subject {
  readonly container: ListedContainer;
  readonly nics: readonly Nic[];
  readonly faults: readonly string[];
}

/** How long Docker may take to list its containers, in milliseconds. */
const PATIENCE_MS = 3000;

/**
 * Looks at every container on the agent's networks. It asks the kernel for each NIC, and lets other work of
 * the agent run in between. While Docker does not answer, it shows the NICs that are claimed.
 */
export async function viewContainers(
  { engine, docker, probeOf }: Lookout,
  lastPass: Pick<LastPass, 'faults'>,
): Promise<Sight[]> {
  const vm = await engine.vm();
  const late = () => new Error('late');
  const listed = await inTime(docker.list(), PATIENCE_MS, late).catch(() => undefined);
  const ownNetworks = new Set(dockerNetworks.all(vm.vmSwitch).keys());
  const subjects = listed
    ? subjectsIn(listed, engine.nics.all(), ownNetworks)
    : subjectsWithoutDocker(engine.nics.all());
  const found = lastPass.faults();
  const sights: Sight[] = [];
  await forEachYielding(subjects, ({ container, nics, faults }) => {
    const isRunning = container.state === 'running' || container.state === 'unknown';
    const seen = nics.map((nic) => {
      const known = { findings: found.get(nic.id) ?? [], probe: probeOf(nic), isRunning, now: steadyNow() };
      return viewNic(nic, vm, known);
    });
    const all = [...faults, ...faultsInDocker(container), ...seen.flatMap((each) => each.faults)];
    sights.push(
      sightOf(
        container,
        seen.map(({ view }) => view),
        all,
      ),
    );
  });
  return sights;
}

function subjectsIn(
  listed: readonly ListedContainer[],
  all: readonly Nic[],
  ownNetworks: ReadonlySet<string>,
): Subject[] {
  const nics = indexOf(all);
  return listed.flatMap((container): Subject[] => {
    const claimed = nicsOfContainer({ nics }, container.id, container).map(({ nic }) => nic);
    const own = container.networks.filter((network) => ownNetworks.has(network));
    if (claimed.length === 0 && own.length === 0) return [];
    const isLost = container.state === 'running' && claimed.length < own.length;
    const faults = isLost ? ['the agent knows no NIC for one of its networks'] : [];
    return [{ container, nics: claimed, faults }];
  });
}

/** The claimed NICs, by the container as far as the claims name it. */
function subjectsWithoutDocker(all: readonly Nic[]): Subject[] {
  const byContainer = new Map<string, Nic[]>();
  for (const nic of all) {
    const { containerId, label, endpointId, leave } = nic.claim ?? {};
    if (leave) continue;
    const id = containerId ?? label ?? endpointId;
    if (id !== undefined) byContainer.set(id, [...(byContainer.get(id) ?? []), nic]);
  }
  return [...byContainer].map(([id, nics]) => ({
    container: { id, name: shortId(id), state: 'unknown', endpoints: [], networks: [], labels: {} },
    nics,
    faults: [],
  }));
}

function faultsInDocker({ state, health }: ListedContainer): string[] {
  if (state === 'restarting') return ['Docker restarts it again and again'];
  if (state === 'dead') return ['Docker could not remove it'];
  if (state === 'unknown') return ['Docker does not answer'];
  return health === 'unhealthy' ? ['its HEALTHCHECK fails'] : [];
}

/** Docker's states in which a container works, or should. */
const WORKING: ReadonlySet<string> = new Set(['running', 'restarting', 'dead', 'unknown']);

function sightOf(container: ListedContainer, nics: ContainerNicView[], faults: string[]): Sight {
  const { id, name, state, health } = container;
  const isStarting = health === 'starting' || nics.some(({ probe }) => probe && probe.passed === undefined);
  const verdict: Verdict = !WORKING.has(state)
    ? 'stopped'
    : faults.length > 0
      ? 'faulty'
      : isStarting
        ? 'starting'
        : 'good';
  return {
    id,
    name,
    verdict,
    faults: verdict === 'faulty' ? faults : [],
    state,
    ...(health ? { dockerHealth: health } : {}),
    nics,
  };
}
