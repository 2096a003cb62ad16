import { Hidden } from '../errors.ts';
import type { Vm } from '../policy/vm.ts';
import { ExpiringMap } from './expiring-map.ts';
import { idsOf, inChunks, itemsOf, narrowTo, type View } from './list-visible.ts';
import { type NeutronApi, NeutronFailure } from './neutron-api.ts';

/** How long the broker relies on having seen a security group or a trunk. */
const KNOWN_MS = 60_000;

/** The project's security groups. */
export class SecurityGroups {
  readonly #api: NeutronApi;
  readonly #known = new ExpiringMap<string, true>({ ttlMs: KNOWN_MS, most: 10_000 });

  constructor(api: NeutronApi) {
    this.#api = api;
  }

  view({ invitation: { project_id: project } }: Vm): View {
    return {
      path: 'security-groups',
      key: 'security_groups',
      kind: 'SecurityGroup',
      needs: ['project_id'],
      sources: [{ narrow: (filters) => narrowTo(filters, 'project_id', [project]), contains: () => true }],
      visibleAmong: (items) => items.filter((item) => item['project_id'] === project),
    };
  }

  /** Checks that all of these groups are the project's. @throws Hidden, NeutronFailure */
  async requireOwn(vm: Vm, ids: readonly string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => this.#known.get(id) === undefined);
    for (const chunk of inChunks(unknown)) {
      const query = new URLSearchParams(idsOf(chunk));
      query.set('project_id', vm.invitation.project_id);
      for (const field of ['id', 'project_id']) query.append('fields', field);
      const items = itemsOf(
        await this.#api.send({ method: 'GET', path: '/security-groups', query }),
        'security_groups',
      );
      for (const { id, project_id } of items) {
        if (project_id === vm.invitation.project_id) this.#known.set(id, true);
      }
      // Before the next request: a body can name thousands of groups that do not exist.
      const missing = chunk.find((id) => this.#known.get(id) === undefined);
      if (missing !== undefined) throw new Hidden('SecurityGroup', missing);
    }
  }
}

/** The subnet pools that the project may use. */
export function subnetPoolsView({ invitation: { project_id: project } }: Vm): View {
  return {
    path: 'subnetpools',
    key: 'subnetpools',
    kind: 'SubnetPool',
    needs: ['project_id', 'shared'],
    sources: [{ narrow: (filters) => filters, contains: () => true }],
    visibleAmong: (items) =>
      items.filter((item) => item['project_id'] === project || item['shared'] === true),
  };
}

/** The trunks on the VMs' own ports. */
export class Trunks {
  readonly #api: NeutronApi;
  /** Ids by VM. */
  readonly #known = new ExpiringMap<string, string>({ ttlMs: KNOWN_MS, most: 10_000 });

  constructor(api: NeutronApi) {
    this.#api = api;
  }

  view(vm: Vm): View {
    return {
      path: 'trunks',
      key: 'trunks',
      kind: 'Trunk',
      needs: ['port_id'],
      sources: [{ narrow: (filters) => narrowTo(filters, 'port_id', [vm.id]), contains: () => true }],
      visibleAmong: (items) => items.filter((item) => item['port_id'] === vm.id),
    };
  }

  /** Checks that a trunk is on the VM's own port. @throws Hidden, NeutronFailure */
  async requireOwn(vm: Vm, id: string): Promise<void> {
    if (this.#known.get(vm.id) !== id && (await this.#read(vm)) !== id) throw new Hidden('Trunk', id);
  }

  async #read(vm: Vm): Promise<string | undefined> {
    const query = new URLSearchParams([
      ['port_id', vm.id],
      ['fields', 'id'],
    ]);
    try {
      const [trunk] = itemsOf(await this.#api.send({ method: 'GET', path: '/trunks', query }), 'trunks');
      if (trunk !== undefined) this.#known.set(vm.id, trunk.id);
      return trunk?.id;
    } catch (error) {
      // A Neutron without the extension answers 404.
      if (error instanceof NeutronFailure && error.answer.status === 404) return undefined;
      throw error;
    }
  }
}
