import type {
  CallOptions,
  Collection,
  ListQuery,
  Port,
  PortCreate,
  PortUpdate,
  UpdateOptions,
} from '@ovn-docker/openstack';
import { nicIdOf, portTags } from './port-tags.ts';
import { descriptionOf, descriptionsOf, readTags, writeTags } from './written-tags.ts';

type Ports = Collection<Port, PortCreate, PortUpdate>;

/**
 * Neutron's ports; the request that creates a port also stores its tags, on every Neutron. Without the
 * extension `tag-ports-during-bulk-creation` (ML2/OVN does not have it), Neutron silently drops the tags of a
 * new port. A second request for the tags would leave an untagged port if the agent died before it, so this
 * class then stores the tags in the port's name and description.
 */
export class TaggedPorts implements Ports {
  readonly #ports: Ports;
  readonly #keepsTagsAtCreation: () => Promise<boolean>;

  /** @param keepsTagsAtCreation whether Neutron keeps the tags of a new port */
  constructor(ports: Ports, keepsTagsAtCreation: () => Promise<boolean>) {
    this.#ports = ports;
    this.#keepsTagsAtCreation = keepsTagsAtCreation;
  }

  async *list(query: ListQuery = {}, options?: CallOptions): AsyncGenerator<Port> {
    yield* await this.all(query, options);
  }

  /**
   * Searches for a VM's ports by tag and by description: an upgrade of Neutron may have added the extension.
   */
  async all(query: ListQuery = {}, options?: CallOptions): Promise<Port[]> {
    const { tags, ...rest } = query;
    const requiredTags = typeof tags === 'string' ? tags.split(',') : [];
    const vif = requiredTags.find((tag) => tag.startsWith(portTags.vif('')));
    if (vif === undefined) return (await this.#ports.all(query, options)).map(readTags);
    const [tagged, written] = await Promise.all([
      this.#ports.all(query, options),
      this.#ports.all({ ...rest, description: descriptionsOf(vif) }, options),
    ]);
    const byId = new Map([...tagged, ...written].map((port) => [port.id, readTags(port)]));
    return [...byId.values()].filter((port) => requiredTags.every((tag) => port.tags?.includes(tag)));
  }

  async get(id: string, options?: CallOptions): Promise<Port> {
    return readTags(await this.#ports.get(id, options));
  }

  async create(body: PortCreate, options?: CallOptions): Promise<Port> {
    return readTags(await this.#ports.create(await this.#bodyOf(body), options));
  }

  async createMany(bodies: readonly PortCreate[], options?: CallOptions): Promise<Port[]> {
    const tagged = await Promise.all(bodies.map((body) => this.#bodyOf(body)));
    return (await this.#ports.createMany(tagged, options)).map(readTags);
  }

  async update(id: string, body: PortUpdate, options?: UpdateOptions): Promise<Port> {
    return readTags(await this.#ports.update(id, body, options));
  }

  delete(id: string, options?: UpdateOptions): Promise<void> {
    return this.#ports.delete(id, options);
  }

  /**
   * Replaces the tags where they are stored. An existing port always gets Neutron tags, because its
   * description belongs to its owner.
   */
  async replaceTags(id: string, tags: readonly string[], options?: CallOptions): Promise<string[]> {
    const isAgentMade = nicIdOf(tags) !== undefined && !tags.includes(portTags.existing);
    if (!isAgentMade || (await this.#keepsTagsAtCreation()))
      return this.#ports.replaceTags(id, tags, options);
    const port = await this.update(id, { description: descriptionOf(tags) }, options);
    return [...(port.tags ?? [])];
  }

  async #bodyOf(body: PortCreate): Promise<PortCreate> {
    return body.tags === undefined || (await this.#keepsTagsAtCreation()) ? body : writeTags(body);
  }
}
