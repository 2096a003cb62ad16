import { Agent, request } from 'undici';
import { z } from 'zod';
import { OvnDockerError } from '../errors.ts';
import { DockerActivation } from './docker-activation.ts';
import { readAtMost } from './read-at-most.ts';

const versions = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
});
const information = z.object({ SecurityOptions: z.array(z.string()).nullish() });
const endpoints = z.object({
  Networks: z
    .record(z.string(), z.object({ EndpointID: z.string(), NetworkID: z.string().optional() }))
    .nullish(),
});
const containerList = z.array(
  z.object({
    Id: z.string(),
    State: z.string(),
    Names: z.array(z.string()).nullish(),
    Status: z.string().optional(),
    Labels: z.record(z.string(), z.string()).nullable(),
    NetworkSettings: endpoints.nullish(),
  }),
);
const inspection = z.object({
  Id: z.string(),
  State: z.object({ Running: z.boolean(), Pid: z.number() }),
  HostConfig: z.object({ Sysctls: z.record(z.string(), z.string()).nullish() }).optional(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
  NetworkSettings: endpoints.extend({ SandboxKey: z.string() }),
});
const networkList = z.array(z.object({ Id: z.string(), Driver: z.string() }));
const strings = z.record(z.string(), z.string()).nullish();
const networkInspection = z.object({
  Internal: z.boolean().optional(),
  Options: strings,
  IPAM: z.object({
    Options: strings,
    Config: z.array(z.object({ Subnet: z.string().optional() })).nullish(),
  }),
  Containers: z.record(z.string(), z.object({ EndpointID: z.string(), MacAddress: z.string() })).nullish(),
});
const event = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
});

/**
 * How long Docker may take to answer one request, in milliseconds. At its start dockerd answers nothing until
 * the containers with a restart policy run, and these wait for the agent.
 */
const ANSWER_MS = 10_000;

/** Limits in bytes for an answer, which can list thousands of containers, and for one event. */
const LONGEST_ANSWER = 2 ** 26;
const LONGEST_EVENT = 2 ** 20;

/** A container that has the label of the search. */
export interface LabelledContainer {
  readonly id: string;
  /** The label's value. */
  readonly label: string;
  readonly isRunning: boolean;
}

/** The endpoints and labels by which a container is attached to networks. */
export interface Attachments {
  /** The ids of its endpoints, on networks of any driver. */
  readonly endpoints: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What a container's HEALTHCHECK says (docker-run(1), `--health-cmd`). */
export type DockerHealth = 'healthy' | 'unhealthy' | 'starting';

/** A container as `docker ps --all` shows it. */
export interface ListedContainer extends Attachments {
  readonly id: string;
  readonly name: string;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly state: string;
  /** Undefined without a HEALTHCHECK, and while the container does not run. */
  readonly health?: DockerHealth;
  /** Docker's ids of its networks, also while it does not run. */
  readonly networks: readonly string[];
}

/** A running container that has a network namespace of its own. */
export interface Sandbox {
  readonly containerId: string;
  /** Path of the namespace. */
  readonly netns: string;
  readonly endpoints: readonly string[];
}

/** Docker's data about a network of the driver. */
export interface DriverNetwork {
  /** MAC address of each endpoint, by the endpoint's id. */
  readonly macs: ReadonlyMap<string, string>;
  /** Options for the network driver (`-o`) and for the IPAM driver (`--ipam-opt`). */
  readonly options: Readonly<Record<string, string>>;
  readonly ipamOptions: Readonly<Record<string, string>>;
  readonly cidrs: readonly string[];
  readonly internal: boolean;
}

/** A container that started, ended or was removed. */
export interface ContainerEvent {
  readonly action: string;
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A running container. */
export interface Running {
  readonly containerId: string;
  readonly pid: number;
  /** Whether the user disabled IPv6 in the container. */
  readonly withoutIpv6: boolean;
}

/** Whether the kernel settings of a container (docker-run(1), `--sysctl`) disable IPv6 on its interface. */
export function disablesIpv6(sysctls: Readonly<Record<string, string>>): boolean {
  const isDisabled = (name: string) => (sysctls[`net.ipv6.conf.${name}.disable_ipv6`] ?? '0').trim() !== '0';
  return ['all', 'default', 'eth0'].some(isDisabled);
}

/**
 * The part of Docker's Engine API (v1.41) that the agent reads. A libnetwork handler never calls it: dockerd
 * waits for the handler, so the handler must not wait for dockerd.
 */
export class DockerEngine implements AsyncDisposable {
  readonly #socket: string;
  readonly #answerMs: number;
  readonly #activation: DockerActivation;
  readonly #dispatcher: Agent;

  /** @param answerMs how long Docker may take to answer one request, in milliseconds */
  constructor(socket: string, answerMs = ANSWER_MS) {
    this.#socket = socket;
    this.#answerMs = answerMs;
    this.#activation = new DockerActivation(socket);
    this.#dispatcher = new Agent({ connect: { socketPath: socket }, bodyTimeout: 0 });
  }

  /** The versions of the engine and of its API. */
  async version(): Promise<{ engine: string; api: string }> {
    const { Version, ApiVersion } = versions.parse(await this.#get('/version'));
    return { engine: Version, api: ApiVersion };
  }

  /**
   * Whether the engine is Podman, which has the same API, and whether it is rootless. Its security options
   * are texts such as `name=seccomp,profile=default` and `name=rootless`.
   */
  async kind(): Promise<{ isPodman: boolean; isRootless: boolean }> {
    const { Components } = versions.parse(await this.#get('/version'));
    const { SecurityOptions } = information.parse(await this.#get('/info'));
    return {
      isPodman: Components?.some(({ Name }) => Name === 'Podman Engine') ?? false,
      isRootless: SecurityOptions?.some((option) => option.split(',').includes('name=rootless')) ?? false,
    };
  }

  /** All containers with the label, running or not. */
  async containersWithLabel(label: string): Promise<(LabelledContainer & Attachments)[]> {
    const filters = JSON.stringify({ label: [label] });
    const list = await this.#containers(`all=true&filters=${encodeURIComponent(filters)}`);
    return list.map(({ Id, State, Labels, NetworkSettings }) => ({
      id: Id,
      label: Labels?.[label] ?? '',
      isRunning: State === 'running' || State === 'paused',
      endpoints: endpointsIn(NetworkSettings),
      labels: Labels ?? {},
    }));
  }

  /** All containers, running or not. */
  async list(): Promise<ListedContainer[]> {
    const list = await this.#containers('all=true');
    return list.map(({ Id, Names, State, Status, Labels, NetworkSettings }) => {
      const health = healthIn(Status);
      return {
        id: Id,
        // A link (`--link`) adds names with two slashes.
        name: (Names ?? []).find((name) => name.lastIndexOf('/') === 0)?.slice(1) ?? '',
        state: State,
        ...(health ? { health } : {}),
        endpoints: endpointsIn(NetworkSettings),
        networks: Object.values(NetworkSettings?.Networks ?? {}).flatMap(({ NetworkID }) => NetworkID || []),
        labels: Labels ?? {},
      };
    });
  }

  /** A container's process id and kernel settings; undefined unless the container runs. */
  async running(containerId: string): Promise<Running | undefined> {
    const { State, HostConfig } = inspection.parse(await this.#get(`/containers/${containerId}/json`));
    if (!State.Running) return undefined;
    return { containerId, pid: State.Pid, withoutIpv6: disablesIpv6(HostConfig?.Sysctls ?? {}) };
  }

  async attachmentsOf(containerId: string): Promise<Attachments> {
    const { Config, NetworkSettings } = inspection.parse(await this.#get(`/containers/${containerId}/json`));
    return { endpoints: endpointsIn(NetworkSettings), labels: Config.Labels ?? {} };
  }

  /** The ids of the running containers that have one of these endpoints. */
  async containersWithEndpoint(isSelected: (endpointId: string) => boolean): Promise<string[]> {
    const list = await this.#containers();
    return list.flatMap(({ Id, NetworkSettings }) =>
      endpointsIn(NetworkSettings).some(isSelected) ? [Id] : [],
    );
  }

  /** A container's network namespace and endpoints; undefined unless the container runs. */
  async sandboxOf(containerId: string): Promise<Sandbox | undefined> {
    const { State, NetworkSettings } = inspection.parse(await this.#get(`/containers/${containerId}/json`));
    if (!State.Running) return undefined;
    return { containerId, netns: NetworkSettings.SandboxKey, endpoints: endpointsIn(NetworkSettings) };
  }

  /** The networks that `isSelected` selects, by id, each with the endpoints of its running containers. */
  async networks(
    isSelected: (network: { readonly id: string; readonly driver: string }) => boolean,
  ): Promise<Map<string, DriverNetwork>> {
    const networks = networkList.parse(await this.#get('/networks'));
    const found = new Map<string, DriverNetwork>();
    for (const { Id } of networks.filter(({ Id: id, Driver: driver }) => isSelected({ id, driver }))) {
      const { Containers, Options, IPAM, Internal } = networkInspection.parse(
        await this.#get(`/networks/${Id}`),
      );
      const endpoints = Object.values(Containers ?? {}).map((endpoint) => [
        endpoint.EndpointID,
        endpoint.MacAddress.toLowerCase(),
      ]);
      found.set(Id, {
        macs: new Map(endpoints as [string, string][]),
        options: Options ?? {},
        ipamOptions: IPAM.Options ?? {},
        cidrs: (IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
        internal: Internal ?? false,
      });
    }
    return found;
  }

  /**
   * Yields start, die and destroy events of containers, until the stream ends or `signal` aborts.
   * @param label only events of containers with this label; all containers when undefined
   * @param onOpen called when the stream is open. It can read Docker's state: the stream yields every later
   * event.
   */
  async *events(
    label: string | undefined,
    signal: AbortSignal,
    onOpen: () => Promise<void>,
  ): AsyncGenerator<ContainerEvent> {
    const filters = {
      type: ['container'],
      event: ['start', 'die', 'destroy'],
      ...(label === undefined ? {} : { label: [label] }),
    };
    // Docker answers the request shortly before it subscribes to events; `since` replays earlier events.
    const since = Math.floor(Date.now() / 1000);
    const path = `/events?since=${since}&filters=${encodeURIComponent(JSON.stringify(filters))}`;
    const { body } = await this.#request(path, signal);
    await onOpen();
    let rest = '';
    for await (const chunk of body.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_EVENT) throw new Error('Docker sent an event of more than 1 MiB');
      for (const line of lines.filter(Boolean)) {
        const { Action, Actor } = event.parse(JSON.parse(line));
        yield { action: Action, containerId: Actor.ID, labels: Actor.Attributes };
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #containers(query = ''): Promise<z.infer<typeof containerList>> {
    return containerList.parse(await this.#get(`/containers/json?${query}`));
  }

  async #get(path: string): Promise<unknown> {
    const { statusCode, answer } = await this.#answer(path);
    if (statusCode === 200) return answer;
    throw new OvnDockerError('E_DOCKER_FAILED', `Docker answered ${statusCode} to ${path.split('?')[0]}`);
  }

  async #answer(path: string): Promise<{ statusCode: number; answer: unknown }> {
    const limit = AbortSignal.timeout(this.#answerMs);
    try {
      const { statusCode, body } = await this.#request(path, limit);
      return { statusCode, answer: JSON.parse(await readAtMost(body, LONGEST_ANSWER)) };
    } catch (error) {
      if (!limit.aborted) throw error;
      throw new OvnDockerError(
        'E_DOCKER_NOT_RUNNING',
        `Docker did not answer on ${this.#socket} in ${this.#answerMs} ms`,
        { cause: error },
      );
    }
  }

  async #request(path: string, signal: AbortSignal) {
    if (await this.#activation.isOnlyActivatable()) {
      const message = `Docker does not run: only init listens on ${this.#socket}`;
      throw new OvnDockerError('E_DOCKER_NOT_RUNNING', message);
    }
    try {
      return await request(`http://docker${path}`, { dispatcher: this.#dispatcher, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new OvnDockerError('E_DOCKER_NOT_RUNNING', `Docker does not answer on ${this.#socket}`, {
        cause: error,
      });
    }
  }
}

/** The ids of the endpoints; a network that the container has not joined yet has no endpoint id. */
function endpointsIn(settings: z.infer<typeof endpoints> | null | undefined): string[] {
  return Object.values(settings?.Networks ?? {}).flatMap(({ EndpointID }) => EndpointID || []);
}

/** Docker's list has the result only at the end of its text, such as `Up 5 minutes (health: starting)`. */
function healthIn(status = ''): DockerHealth | undefined {
  return /\((?:health: )?(healthy|unhealthy|starting)\)$/.exec(status)?.[1] as DockerHealth | undefined;
}
