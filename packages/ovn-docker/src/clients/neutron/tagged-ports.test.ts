import type { Collection, ListQuery, Port, PortCreate, PortUpdate } from '@ovn-docker/openstack';
import { beforeEach, describe, expect, it } from 'vitest';
import { portTags } from './port-tags.ts';
import { TaggedPorts } from './tagged-ports.ts';

/** NIC ids are UUIDs. */
const [N1, N2, N3] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];

const tagsOf = (nic: string, ...more: string[]) => [
  portTags.ours,
  portTags.vif('vif-1'),
  portTags.nic(nic),
  ...more,
];

/** Neutron's ports in memory; keeps or drops the tags of a new port. */
class FakePorts {
  readonly ports = new Map<string, Port>();
  keepsTagsAtCreation = false;
  readonly queries: ListQuery[] = [];

  readonly client = {
    all: async (query: ListQuery) => {
      this.queries.push(query);
      return [...this.ports.values()].filter((port) => this.#fits(port, query));
    },
    get: async (id: string) => this.ports.get(id),
    create: async (body: PortCreate) => this.#create(body),
    createMany: async (bodies: PortCreate[]) => bodies.map((body) => this.#create(body)),
    update: async (id: string, body: PortUpdate) => this.#change(id, body as Partial<Port>),
    replaceTags: async (id: string, tags: string[]) => this.#change(id, { tags }).tags,
  } as unknown as Collection<Port, PortCreate, PortUpdate>;

  #create(body: PortCreate): Port {
    const id = `port-${this.ports.size}`;
    const tags = this.keepsTagsAtCreation ? body.tags : [];
    const port = { description: '', name: '', ...body, id, tags } as unknown as Port;
    this.ports.set(id, port);
    return port;
  }

  #change(id: string, change: Partial<Port>): Port {
    const port = { ...this.ports.get(id), ...change } as Port;
    this.ports.set(id, port);
    return port;
  }

  #fits(port: Port, { tags, description }: ListQuery): boolean {
    const isTagged = String(tags ?? '')
      .split(',')
      .every((tag) => tag === '' || port.tags?.includes(tag));
    return isTagged && (description === undefined || [description].flat().includes(port.description ?? ''));
  }
}

let fake: FakePorts;
let ports: TaggedPorts;
beforeEach(() => {
  fake = new FakePorts();
  ports = new TaggedPorts(fake.client, async () => fake.keepsTagsAtCreation);
});

const body = (nic: string, ...more: string[]): PortCreate => ({
  network_id: 'net-1',
  name: 'web server',
  tags: tagsOf(nic, ...more),
});

describe.each([
  ['that drops the tags of new ports', false],
  ['that keeps the tags of new ports', true],
])('a Neutron %s', (_, keepsTagsAtCreation) => {
  beforeEach(() => {
    fake.keepsTagsAtCreation = keepsTagsAtCreation;
  });

  it('returns the name and the tags that a port was created with', async () => {
    const made = await ports.create(body(N1, portTags.plain));
    expect(made).toMatchObject({ name: 'web server', tags: tagsOf(N1, portTags.plain) });
    expect(await ports.get(made.id)).toMatchObject({ name: 'web server', tags: made.tags });
    const [two, three] = await ports.createMany([body(N2), body(N3)]);
    expect([two?.tags, three?.tags]).toEqual([tagsOf(N2), tagsOf(N3)]);
  });

  it('finds each port once by its VM, or by its VM and NIC, and no other ports', async () => {
    await ports.createMany([body(N1, portTags.plain), body(N2)]);
    await ports.create({ network_id: 'net-1', tags: [portTags.vif('vif-2'), portTags.nic(N3)] });
    await ports.create({ network_id: 'net-1', name: 'foreign port' });
    const found = async (...tags: string[]) =>
      (await ports.all({ tags: tags.join(',') })).map(({ id }) => id);
    expect(await found(portTags.vif('vif-1'))).toEqual(['port-0', 'port-1']);
    expect(await found(portTags.vif('vif-1'), portTags.nic(N2))).toEqual(['port-1']);
    expect(await found(portTags.vif('vif-1'), portTags.nic(N3))).toEqual([]);
  });

  it('a removed tag does not reappear', async () => {
    const { id } = await ports.create(body(N1, portTags.plain));
    expect(await ports.replaceTags(id, tagsOf(N1))).toEqual(tagsOf(N1));
    expect((await ports.get(id)).tags).toEqual(tagsOf(N1));
  });

  it('an existing port gets tags and keeps its name and description', async () => {
    const { id } = await fake.client.create({
      network_id: 'net-1',
      name: 'my port',
      description: 'of the shop',
    });
    await ports.replaceTags(id, ['red', ...tagsOf(N1, portTags.existing)]);
    const [found] = await ports.all({ tags: portTags.vif('vif-1') });
    expect(found).toMatchObject({ name: 'my port', description: 'of the shop' });
    await ports.replaceTags(id, ['red']);
    expect(await fake.client.get(id)).toMatchObject({ tags: ['red'], description: 'of the shop' });
  });
});

it('finds and changes the tags of ports that were created before Neutron kept tags', async () => {
  const { id } = await ports.create(body(N1, portTags.plain));
  fake.keepsTagsAtCreation = true;
  expect((await ports.all({ tags: portTags.vif('vif-1') })).map((port) => port.id)).toEqual([id]);
  await ports.replaceTags(id, tagsOf(N1));
  expect((await ports.all({ tags: portTags.vif('vif-1') })).map(({ tags }) => tags)).toEqual([tagsOf(N1)]);
});

it("a name never exceeds Neutron's limit, however long the container's name is", async () => {
  await ports.create({ ...body(N1), name: 'x'.repeat(255) });
  expect(fake.ports.get('port-0')?.name).toHaveLength(255);
  expect((await ports.get('port-0')).tags).toEqual(tagsOf(N1));
});

it.each(['web', 'web server', '', `web ${'a'.repeat(36)}`])(
  'a port that a user renamed to "%s" keeps its tags, and its own id becomes the NIC id',
  async (name) => {
    const { id } = await ports.create(body(N1, portTags.plain));
    await fake.client.update(id, { name });
    const [found] = await ports.all({ tags: portTags.vif('vif-1') });
    expect(found).toMatchObject({ name, tags: tagsOf(id, portTags.plain) });
  },
);

it("searches by tags alone when none of them is the agent's", async () => {
  await ports.all({ tags: 'red' });
  expect(fake.queries).toEqual([{ tags: 'red' }]);
});
