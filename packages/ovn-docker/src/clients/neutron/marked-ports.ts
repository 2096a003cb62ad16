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
import { descriptionOf, descriptionsOf, readMarks, writeMarks } from './written-marks.ts';

type Ports = Collection<Port, PortCreate, PortUpdate>;

/**
 * Ports whose tags are kept from the call that makes them on, whatever the Neutron. One without the extension
 * `tag-ports-during-bulk-creation` (ML2/OVN is such a one) drops the tags of a new port without a word, and a second call
 * would leave a port without a mark when the agent dies in between: there name and description carry the marks.
 */
export class MarkedPorts implements Ports {
  readonly #ports: Ports;
  readonly #keepsTags: () => Promise<boolean>;

  /** @param keepsTags whether Neutron keeps the tags of a new port */
  constructor(ports: Ports, keepsTags: () => Promise<boolean>) {
    this.#ports = ports;
    this.#keepsTags = keepsTags;
  }

  async *list(query: ListQuery = {}, options?: CallOptions): AsyncGenerator<Port> {
    yield* await this.all(query, options);
  }

  /** By a tag of ours: both ways, because Neutron may have learnt to keep tags since. */
  async all(query: ListQuery = {}, options?: CallOptions): Promise<Port[]> {
    const { tags, ...rest } = query;
    const wanted = typeof tags === 'string' ? tags.split(',') : [];
    const vif = wanted.find((tag) => tag.startsWith(portTags.vif('')));
    if (vif === undefined) return (await this.#ports.all(query, options)).map(readMarks);
    const [tagged, written] = await Promise.all([
      this.#ports.all(query, options),
      this.#ports.all({ ...rest, description: descriptionsOf(vif) }, options),
    ]);
    const byId = new Map([...tagged, ...written].map((port) => [port.id, readMarks(port)]));
    return [...byId.values()].filter((port) => wanted.every((tag) => port.tags?.includes(tag)));
  }

  async get(id: string, options?: CallOptions): Promise<Port> {
    return readMarks(await this.#ports.get(id, options));
  }

  async create(body: PortCreate, options?: CallOptions): Promise<Port> {
    return readMarks(await this.#ports.create(await this.#bodyOf(body), options));
  }

  async createMany(bodies: readonly PortCreate[], options?: CallOptions): Promise<Port[]> {
    const marked = await Promise.all(bodies.map((body) => this.#bodyOf(body)));
    return (await this.#ports.createMany(marked, options)).map(readMarks);
  }

  async update(id: string, body: PortUpdate, options?: UpdateOptions): Promise<Port> {
    return readMarks(await this.#ports.update(id, body, options));
  }

  delete(id: string, options?: UpdateOptions): Promise<void> {
    return this.#ports.delete(id, options);
  }

  /** Of a port that we made, where it was written; of one that was there before us, as tags: its description is its owner's. */
  async replaceTags(id: string, tags: readonly string[], options?: CallOptions): Promise<string[]> {
    const isOurs = nicIdOf(tags) !== undefined && !tags.includes(portTags.existing);
    if (!isOurs || (await this.#keepsTags())) return this.#ports.replaceTags(id, tags, options);
    const port = await this.update(id, { description: descriptionOf(tags) }, options);
    return [...(port.tags ?? [])];
  }

  async #bodyOf(body: PortCreate): Promise<PortCreate> {
    return body.tags === undefined || (await this.#keepsTags()) ? body : writeMarks(body);
  }
}
