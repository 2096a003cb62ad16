import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '@ovn-docker/netlink';
import type { Network, Neutron } from '@ovn-docker/openstack';
import type { DockerEngine, DriverNetwork, LabelledContainer } from '../clients/docker-engine.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { dockerIdOf, madeNetworks, shortId } from '../networks/network-marks.ts';
import type { Engine } from '../nics/engine.ts';
import { containerLabels, isOurInterface } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { type Children, observeChildren } from '../nics/recover.ts';

/** What the container runtime says. */
export interface DockerView {
  /** Networks of our driver, and those that it had under a former name, with their endpoints, by Docker's id. */
  readonly networks: ReadonlyMap<string, DriverNetwork>;
  /** Containers of the command line wrapper by the label of their claim; copies that only inherited a label are not among them. */
  readonly labelled: ReadonlyMap<string, LabelledContainer>;
}

/** The three truths at one moment, and what the agent knew before they were asked. */
export interface Observation extends Children {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Ids of the NICs that the agent knew before it asked, and of their ports: what came or went meanwhile is nobody's leftover. */
  readonly knownBefore: ReadonlySet<string>;
  /** Those of them that were not being made at that time: only of them all parts can be expected. */
  readonly settledBefore: ReadonlySet<string>;
  /** VLANs that they had: whether one is free now, the agent knows better. */
  readonly vlansBefore: ReadonlySet<number>;
  /** Docker's ids of the networks that had a note on the bridge before Docker was asked. */
  readonly dockerNetworksBefore: readonly string[];
  /** Neutron's status of the VM's own port; undefined when that is gone. */
  readonly parentStatus: string | undefined;
  /** Interfaces in the VM with names of ours. */
  readonly links: readonly Link[];
  /** Networks that agents of this VM made for Docker networks. */
  readonly madeNetworks: readonly Network[];
  /** Undefined when Docker does not answer: then nothing is concluded from its silence. */
  readonly docker: DockerView | undefined;
}

/** Asks Neutron, the VM's switch and kernel, and Docker. @throws OvnDockerError when Neutron or the switch are away */
export async function observe(engine: Engine, docker: DockerEngine, driver: string): Promise<Observation> {
  const vm = await engine.vm();
  const at = Date.now();
  const before = [...engine.nics.all(), ...engine.draining];
  const knownBefore = new Set(before.flatMap(({ id, port }) => (port ? [id, port.id] : [id])));
  const settledBefore = new Set(before.filter(({ state }) => state !== 'making').map(({ id }) => id));
  const vlansBefore = new Set(before.flatMap(({ vlan }) => vlan ?? []));
  const dockerNetworksBefore = [...dockerNetworks.all(vm.vmSwitch).keys()];
  const asked = madeNetworks(engine.neutron, vm.vifId);
  const [children, parentStatus, made, dockerView] = await Promise.all([
    observeChildren(engine.neutron, vm),
    statusOf(vm.vifId, engine.neutron),
    asked,
    asked.then((networks) => {
      // The driver's name may be another one by now; what we have noted or made is ours all the same.
      const madeFor = new Set(networks.map(dockerIdOf));
      const isOurs = ({ id, driver: is }: { id: string; driver: string }) =>
        is === driver || dockerNetworksBefore.includes(id) || madeFor.has(shortId(id));
      return inTime(askDocker(docker, isOurs, ownersOf(before))).catch((error: unknown) => {
        engine.log.debug({ err: error }, 'Docker does not answer');
        return undefined;
      });
    }),
  ]);
  const links = vm.netlink.links().filter(({ name }) => isOurInterface(name));
  return {
    ...children,
    at,
    knownBefore,
    settledBefore,
    vlansBefore,
    dockerNetworksBefore,
    parentStatus,
    links,
    madeNetworks: made,
    docker: dockerView,
  };
}

async function statusOf(portId: string, neutron: Neutron): Promise<string | undefined> {
  const [port] = await explained(neutron.ports.all({ id: [portId] }));
  return port?.status;
}

/** How long Docker may take to answer, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * dockerd answers nobody until its containers with a restart policy are up, and they wait for our driver, which the agent offers when it
 * has looked at everything: one of both must not wait for ever.
 */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = delay(PATIENCE_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer in ${PATIENCE_MS} ms`);
  });
  return Promise.race([answer, timer]).finally(() => late.abort());
}

async function askDocker(
  docker: DockerEngine,
  isOurs: Parameters<DockerEngine['networks']>[0],
  owners: ReadonlyMap<string, string>,
): Promise<DockerView> {
  const [networks, labelled] = await Promise.all([
    docker.networks(isOurs),
    labelledContainers(docker, owners),
  ]);
  return { networks, labelled };
}

/** Containers of the command line wrapper by the label of their claim. @throws OvnDockerError when Docker does not answer */
export async function labelledContainers(
  docker: DockerEngine,
  owners: ReadonlyMap<string, string>,
): Promise<DockerView['labelled']> {
  const labelled = await docker.containersWithLabel(containerLabels.nic);
  // An image that `docker commit` made of a container has its labels, and so have all containers of it. Docker lists the youngest
  // first, and of a Map's equal keys the last one stays: where nobody knows whose a label is, it is the oldest one's.
  const real = labelled.filter(({ id, label }) => (owners.get(label) ?? id) === id);
  return new Map(real.map((container) => [container.label, container]));
}

/** The container of each claim with a label, as far as it is known. */
export function ownersOf(nics: readonly Nic[]): Map<string, string> {
  const pairs = nics.flatMap(({ claim: { label, containerId } = {} }): [string, string][] =>
    label === undefined || containerId === undefined ? [] : [[label, containerId]],
  );
  return new Map(pairs);
}
