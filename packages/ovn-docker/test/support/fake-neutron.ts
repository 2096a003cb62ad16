import {
  type Network,
  type Neutron,
  OpenStackConnectionError,
  OpenStackError,
  type Port,
  type PortCreate,
  type PortUpdate,
  type Subnet,
  type SubPort,
  type SubPortRef,
} from '@ovn-docker/openstack';
import { agentCalls } from '../../src/clients/neutron/agent-calls.ts';

/** The error of one call, and whether Neutron carries out the call before it fails. */
interface Fault {
  readonly call: string;
  readonly error: Error;
  readonly isCarriedOut: boolean;
}

/** A refusal in the form that a real Neutron sends. */
export function refusal(status: number, type: string): OpenStackError {
  return new OpenStackError({ method: 'POST', url: 'http://neutron' }, { status, type, reason: type });
}

/** The error of the OpenStack client when Neutron does not answer. */
export function lost(outcome: 'unknown' | 'not-sent' = 'unknown'): OpenStackConnectionError {
  return new OpenStackConnectionError(
    'OPENSTACK_UNAVAILABLE',
    { method: 'POST', url: 'http://neutron' },
    outcome,
    'no answer',
  );
}

/**
 * Ports and one trunk in memory, with the refusals recorded from a real Neutron. Tests use it for situations
 * that need a script: a lost answer, or a call during another call.
 */
export class FakeNeutron {
  readonly ports = new Map<string, Port>();
  readonly subports = new Map<string, SubPort>();
  readonly networks: Network[] = [];
  readonly subnets: Subnet[] = [];
  readonly securityGroups = [
    { id: 'default', name: 'default', project_id: 'project-1' },
    { id: 'web-id', name: 'web', project_id: 'project-1' },
  ];
  /** The trunk on the VM's port; undefined when there is none. */
  trunkId: string | undefined = 'trunk-1';
  quota = { limit: -1, used: 0, reserved: 0 };
  readonly calls: string[] = [];
  readonly #faults: Fault[] = [];
  readonly #gates = new Map<string, { arrived: () => void; opened: Promise<void> }>();
  #addresses = 10;

  /** Makes the next call of that name fail. */
  fail(call: string, error: Error, { isCarriedOut = false } = {}): void {
    this.#faults.push({ call, error, isCarriedOut });
  }

  /** The error of every call, until a test sets it to undefined. */
  away: Error | undefined;

  /** Makes the next call of that name wait for `open`. `arrived` resolves when the call begins. */
  hold(call: string): { arrived: Promise<void>; open: () => void } {
    const arrived = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    this.#gates.set(call, { arrived: arrived.resolve, opened: opened.promise });
    return { arrived: arrived.promise, open: opened.resolve };
  }

  /** The client that the engine uses. */
  get client(): Neutron {
    const call = <T>(name: string, work: () => T) => this.#call(name, work);
    const ports = {
      create: (body: PortCreate) => call('ports.create', () => this.#create(body)),
      createMany: (bodies: PortCreate[]) =>
        call('ports.createMany', () => bodies.map((body) => this.#create(body))),
      all: (query: PortQuery = {}) =>
        call('ports.all', () =>
          [...this.ports.values()].filter((port) => fits(port, requireSendable(query))),
        ),
      get: (id: string) => call('ports.get', () => this.#port(id)),
      update: (id: string, body: PortUpdate) => call('ports.update', () => this.#update(id, body)),
      replaceTags: (id: string, tags: readonly string[]) =>
        call('ports.replaceTags', () => this.#update(id, { tags }).tags),
      delete: (id: string) => call('ports.delete', () => this.#delete(id)),
    };
    const trunks = {
      all: () => call('trunks.all', () => (this.trunkId === undefined ? [] : [this.#trunk()])),
      create: () =>
        call('trunks.create', () => {
          this.trunkId = `trunk-${crypto.randomUUID()}`;
          return this.#trunk();
        }),
      addSubports: (id: string, subports: readonly SubPort[]) =>
        call('trunks.addSubports', () => this.#addSubports(id, subports)),
      removeSubports: (id: string, subports: readonly SubPortRef[]) =>
        call('trunks.removeSubports', () => this.#removeSubports(id, subports)),
    };
    const quotaDetails = () => call('quotaDetails', () => ({ port: this.quota }));
    const networks = this.#collection('networks', this.networks, 'NetworkNotFound');
    const securityGroups = {
      all: ({ name }: { name?: string } = {}) =>
        call('securityGroups.all', () =>
          this.securityGroups.filter((group) => name === undefined || group.name === name),
        ),
    };
    const subnets = this.#collection('subnets', this.subnets, 'SubnetNotFound');
    const subnetPools = {
      all: () =>
        call('subnetPools.all', () => {
          throw refusal(404, 'HTTPNotFound');
        }),
    };
    const ownProject = async () => 'project-1';
    const client = {
      ports,
      trunks,
      quotaDetails,
      networks,
      subnets,
      subnetPools,
      securityGroups,
      ownProject,
    };
    return client as unknown as Neutron;
  }

  /** Networks or subnets: a list that can be searched and changed. */
  #collection<T extends { id: string }>(name: string, items: T[], notFound: string) {
    const call = <R>(method: string, work: () => R) => this.#call(`${name}.${method}`, work);
    const find = (id: string) => {
      const item = items.find((candidate) => candidate.id === id);
      if (!item) throw refusal(404, notFound);
      return item;
    };
    return {
      all: (query: Record<string, unknown> = {}) =>
        call('all', () => items.filter((item) => hasValues(item, requireSendable(query)))),
      get: (id: string) => call('get', () => find(requireSendable(id))),
      create: (body: object) =>
        call('create', () => {
          const item = { id: crypto.randomUUID(), ...requireSendable(body) } as unknown as T;
          items.push(item);
          return item;
        }),
      delete: (id: string) =>
        call('delete', () => void items.splice(items.indexOf(find(requireSendable(id))), 1)),
    };
  }

  async #call<T>(name: string, work: () => T): Promise<T> {
    if (!(name in agentCalls)) throw new Error(`agent-calls.ts does not list ${name}`);
    this.calls.push(name);
    const gate = this.#gates.get(name);
    this.#gates.delete(name);
    gate?.arrived();
    await gate?.opened;
    if (this.away) throw this.away;
    const index = this.#faults.findIndex(({ call }) => call === name);
    const [fault] = index === -1 ? [] : this.#faults.splice(index, 1);
    if (fault?.isCarriedOut) work();
    if (fault) throw fault.error;
    return work();
  }

  #create(body: PortCreate): Port {
    const profile = body['binding:profile'];
    const isTaken = [...this.ports.values()].some(
      (port) => profile && port['binding:profile']?.['tag'] === profile['tag'],
    );
    if (isTaken) throw refusal(409, 'ParentTagInUse');
    const requested = (body.fixed_ips ?? []).map(({ ip_address }) => ip_address);
    const allocated = [...this.ports.values()].flatMap(({ fixed_ips = [] }) => fixed_ips);
    if (allocated.some(({ ip_address }) => requested.includes(ip_address))) {
      throw refusal(409, 'IpAddressAlreadyAllocated');
    }
    const macs = [...this.ports.values()].map(({ mac_address }) => mac_address);
    if (body.mac_address !== undefined && macs.includes(body.mac_address)) {
      throw refusal(409, 'MacAddressInUse');
    }
    const id = crypto.randomUUID();
    const number = this.#addresses++;
    const [first] = this.subnets;
    const addresses = body.fixed_ips ?? [{ subnet_id: first?.id ?? '' }];
    const fixedIps = addresses.map(({ subnet_id = '', ip_address }) => {
      const base = this.subnets.find((subnet) => subnet.id === subnet_id)?.cidr.replace(/[^.:]*\/.*/, '');
      return { subnet_id, ip_address: ip_address ?? `${base}${number}` };
    });
    const port = {
      id,
      name: body.name ?? '',
      project_id: 'project-1',
      network_id: body.network_id,
      mac_address: body.mac_address ?? `fa:16:3e:00:00:${number.toString(16).padStart(2, '0')}`,
      admin_state_up: true,
      fixed_ips: fixedIps,
      security_groups: body.security_groups ?? ['default'],
      tags: [...(body.tags ?? [])],
      ...(profile ? { 'binding:profile': profile } : {}),
    } as unknown as Port;
    this.ports.set(id, port);
    return port;
  }

  #port(id: string): Port {
    const port = this.ports.get(id);
    if (!port) throw refusal(404, 'PortNotFound');
    return port;
  }

  #update(id: string, body: PortUpdate): Port {
    const port = { ...this.#port(id), ...body } as Port;
    this.ports.set(id, port);
    return port;
  }

  #delete(id: string): void {
    if (this.subports.has(id)) throw refusal(409, 'PortInUseAsSubPort');
    if (!this.ports.delete(id)) throw refusal(404, 'PortNotFound');
  }

  #trunk() {
    return { id: this.trunkId, sub_ports: [...this.subports.values()] };
  }

  #addSubports(id: string, subports: readonly SubPort[]): void {
    this.#requireTrunk(id);
    for (const { port_id, segmentation_id } of subports) {
      const isBound = this.ports.get(port_id)?.['binding:profile']?.['tag'] !== undefined;
      if (isBound || this.subports.has(port_id)) throw refusal(409, 'TrunkPortInUse');
      const isTaken = [...this.subports.values()].some((other) => other.segmentation_id === segmentation_id);
      if (isTaken) throw refusal(409, 'DuplicateSubPort');
    }
    for (const subport of subports) {
      this.subports.set(subport.port_id, subport);
      const port = this.ports.get(subport.port_id);
      if (port) this.ports.set(port.id, { ...port, device_owner: 'trunk:subport' });
    }
  }

  #removeSubports(id: string, subports: readonly SubPortRef[]): void {
    this.#requireTrunk(id);
    if (subports.some(({ port_id }) => !this.subports.has(port_id))) throw refusal(404, 'SubPortNotFound');
    for (const { port_id } of subports) this.subports.delete(port_id);
  }

  #requireTrunk(id: string): void {
    if (id !== this.trunkId) throw refusal(404, 'TrunkNotFound');
  }
}

/** The real client's URLs and JSON cannot contain half of a surrogate pair. @throws URIError */
function requireSendable<T>(value: T): T {
  encodeURIComponent(
    JSON.stringify(value).replaceAll(/\\u(d[89a-f]..)/g, (_, hex) => String.fromCharCode(Number(`0x${hex}`))),
  );
  return value;
}

/** Whether the item has the query's values. Attributes that the item lacks match, as in a sparse test. */
function hasValues(item: { id: string }, query: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(query).every(([key, wanted]) => {
    const actual = (item as Readonly<Record<string, unknown>>)[key];
    if (key === 'fields' || actual === undefined) return true;
    // The product looks for an id that is no UUID by name; the ids of tests are none.
    if (key === 'name' && wanted === item.id) return true;
    return Array.isArray(wanted) ? wanted.includes(actual) : actual === wanted;
  });
}

interface PortQuery {
  readonly tags?: string;
  readonly network_id?: string;
  readonly id?: readonly string[];
  /** `ip_address=ADDRESS` */
  readonly fixed_ips?: string;
  readonly mac_address?: string;
}

function fits(port: Port, query: PortQuery): boolean {
  if (query.id !== undefined && !query.id.includes(port.id)) return false;
  if (query.mac_address !== undefined && port.mac_address !== query.mac_address) return false;
  const address = query.fixed_ips?.replace('ip_address=', '');
  if (address !== undefined && !port.fixed_ips.some(({ ip_address }) => ip_address === address)) return false;
  if (query.network_id !== undefined && port.network_id !== query.network_id) return false;
  return (query.tags?.split(',') ?? []).every((tag) => port.tags?.includes(tag));
}
