import type { Link } from '@ovn-docker/netlink';
import type { Network, Neutron } from '@ovn-docker/openstack';
import { forEachYielding } from '../attach/parts/for-each-yielding.ts';
import type { DockerEngine, DriverNetwork, LabelledContainer } from '../clients/docker-engine.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { shortId } from '../clients/short-id.ts';
import type { VlanUsers } from '../clients/vm-switch.ts';
import { containerLabels } from '../config/known-keys.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { dockerIdOf, madeNetworks } from '../networks/network-labels.ts';
import type { Engine } from '../nics/engine.ts';
import { isQuiet, masterOf } from '../nics/look-at.ts';
import { isOurInterface } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { readAlias } from '../nics/pair-alias.ts';
import { type Children, observeChildren } from '../nics/recover.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { inTime } from '../queues/in-time.ts';
import type { FlowDifferences } from '../vm/guard/compare-flows.ts';
import type { Vm } from '../vm/vm.ts';

/** What Docker reports. */
export interface DockerView {
  /** Networks of the driver, also under a former name of it, with their endpoints, by Docker's id. */
  readonly networks: ReadonlyMap<string, DriverNetwork>;
  /**
   * Containers of `ovn-docker run --net=none`, by the label of their claim. Containers that only inherited
   * the label from an image are left out.
   */
  readonly labelled: ReadonlyMap<string, LabelledContainer>;
}

/** What Neutron, the VM's switch and kernel, and Docker report, and what the agent knew before. */
export interface Observation extends Children {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Ids of the NICs that the agent knew before, and of their ports. Ports of later NICs are not strays. */
  readonly knownBefore: ReadonlySet<string>;
  /** Ids of the known NICs without those that it was still making: only these must have all their parts. */
  readonly completeBefore: ReadonlySet<string>;
  /** VLANs of the NICs that the agent knew before. If a NIC has given one up since, that VLAN is free. */
  readonly vlansBefore: ReadonlySet<number>;
  /** What has each VLAN on the VM's bridge, also other programs. */
  readonly vlanUsers: VlanUsers;
  /** Docker's ids of the networks that the bridge's row recorded before Docker was asked. */
  readonly dockerNetworksBefore: readonly string[];
  /** Neutron's status of the VM's own port; undefined when the port does not exist. */
  readonly parentStatus: string | undefined;
  /** The VM's interfaces whose names are in the agent's form, and those with an alias of the agent. */
  readonly interfaces: readonly Link[];
  /** Indexes of the VM's ends of veth pairs whose frames the VM's kernel reads although it should not. */
  readonly loud: ReadonlySet<number>;
  /** Index of the master that the ports of the VM's bridge have, with a datapath in the kernel. */
  readonly master: number | undefined;
  /** Neutron networks that agents of this VM made for Docker networks. */
  readonly madeNetworks: readonly Network[];
  /** Undefined when the bridge's flow tables cannot be reached. */
  readonly guard: FlowDifferences | undefined;
  /** Undefined when Docker does not answer: its silence proves nothing. */
  readonly docker: DockerView | undefined;
}

/**
 * Asks Neutron, the VM's switch and kernel, and Docker.
 * @throws OvnDockerError when Neutron or the switch is away
 */
export async function observe(engine: Engine, docker: DockerEngine, driver: string): Promise<Observation> {
  const vm = await engine.vm();
  await engine.confirm();
  const at = steadyNow();
  const before = [...engine.nics.all(), ...engine.draining];
  const knownBefore = new Set(before.flatMap(({ id, port }) => (port ? [id, port.id] : [id])));
  const completeBefore = new Set(before.filter(({ state }) => state !== 'making').map(({ id }) => id));
  const vlansBefore = new Set(before.flatMap(({ vlan }) => vlan ?? []));
  const dockerNetworksBefore = [...dockerNetworks.all(vm.vmSwitch).keys()];
  const madeNetworksAnswer = madeNetworks(engine.neutron, vm.vifId);
  const [children, parentStatus, made, dockerView] = await Promise.all([
    observeChildren(engine.neutron, vm),
    statusOf(engine.neutron, vm.vifId),
    madeNetworksAnswer,
    madeNetworksAnswer.then((networks) => {
      // The driver may have had another name: recorded networks and those that the agent made count too.
      const madeFor = new Set(networks.map(dockerIdOf));
      const isOurs = (network: { id: string; driver: string }) =>
        network.driver === driver ||
        dockerNetworksBefore.includes(network.id) ||
        madeFor.has(shortId(network.id));
      const late = () => new Error(`no answer in ${PATIENCE_MS} ms`);
      return inTime(askDocker(docker, isOurs, ownersOf(before)), PATIENCE_MS, late).catch(
        (error: unknown) => {
          engine.log.debug({ err: error }, 'Docker does not answer');
          return undefined;
        },
      );
    }),
  ]);
  const interfaces = vm.netlink
    .links()
    .filter(({ name, alias }) => isOurInterface(name) || readAlias(alias) !== undefined);
  return {
    ...children,
    at,
    knownBefore,
    completeBefore,
    vlansBefore,
    vlanUsers: vm.vmSwitch.vlanUsers(vm.uplink),
    dockerNetworksBefore,
    parentStatus,
    interfaces,
    loud: await findLoud(vm, interfaces),
    master: masterOf(vm),
    madeNetworks: made,
    docker: dockerView,
    guard: await observeGuard(engine, vm),
  };
}

async function findLoud(vm: Vm, interfaces: readonly Link[]): Promise<Set<number>> {
  const loud = new Set<number>();
  const ends = interfaces.filter(({ alias }) => readAlias(alias) !== undefined);
  await forEachYielding(ends, (end) => void (isQuiet(end, vm) === false && loud.add(end.index)));
  return loud;
}

async function observeGuard({ log }: Engine, { guard }: Vm): Promise<FlowDifferences | undefined> {
  try {
    return await guard.differences();
  } catch (error) {
    log.warn({ err: error }, 'cannot check the guard flows');
    return undefined;
  }
}

async function statusOf(neutron: Neutron, portId: string): Promise<string | undefined> {
  const [port] = await explained(neutron.ports.all({ id: [portId] }));
  return port?.status;
}

/**
 * How long Docker may take to answer, in milliseconds. dockerd answers nothing until its containers with a
 * restart policy run; these wait for the driver, and the agent serves the driver only after its first pass.
 * One of the two must give up.
 */
const PATIENCE_MS = 5000;

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

/**
 * Containers of `ovn-docker run --net=none`, by the label of their claim.
 * @param owners the containers of known claims, by label
 * @throws OvnDockerError when Docker does not answer
 */
export async function labelledContainers(
  docker: DockerEngine,
  owners: ReadonlyMap<string, string>,
): Promise<DockerView['labelled']> {
  const labelled = await docker.containersWithLabel(containerLabels.nic);
  // `docker commit` copies a container's labels into an image, and so to all containers of that image.
  // Without a known owner, the oldest container has the NIC: Docker lists it last, and a Map keeps the last.
  const owning = labelled.filter(({ id, label }) => (owners.get(label) ?? id) === id);
  return new Map(owning.map((container) => [container.label, container]));
}

/** The container of each claim with a label, if the claim names it. */
export function ownersOf(nics: readonly Nic[]): Map<string, string> {
  const pairs = nics.flatMap(({ claim: { label, containerId } = {} }): [string, string][] =>
    label === undefined || containerId === undefined ? [] : [[label, containerId]],
  );
  return new Map(pairs);
}
