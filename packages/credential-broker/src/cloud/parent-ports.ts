import type { Port } from '@ovn-docker/openstack';
import { ExpiringMap } from './expiring-map.ts';
import { isNotFound, type NeutronApi, NeutronFailure } from './neutron-api.ts';

/** How long the broker uses a VM's port before it asks Neutron again. */
const FRESH_MS = 30_000;
/** How long it does so while Neutron is away. */
const STALE_MS = 600_000;

/** The VMs' own ports, whose fixed IPs decide from which addresses requests may come. */
export class ParentPorts {
  readonly #api: NeutronApi;
  readonly #known = new ExpiringMap<string, Port>({ ttlMs: STALE_MS, most: 10_000 });
  readonly #reads = new Map<string, Promise<Port | undefined>>();

  constructor(api: NeutronApi) {
    this.#api = api;
  }

  /**
   * A VM's own port; undefined if Neutron does not have it in the credential's project.
   *
   * @param withinMs how old the answer may be; shorter when the last one did not suffice
   * @throws NeutronFailure when Neutron does not answer and no answer of the last ten minutes is known
   */
  async get(vifId: string, withinMs = FRESH_MS): Promise<Port | undefined> {
    const fresh = this.#known.get(vifId, withinMs);
    if (fresh !== undefined) return fresh;
    try {
      return await this.#read(vifId);
    } catch (error) {
      const stale = this.#known.get(vifId);
      if (stale === undefined || !(error instanceof NeutronFailure)) throw error;
      return stale;
    }
  }

  /** Requests that come together share one request to Neutron. */
  #read(vifId: string): Promise<Port | undefined> {
    const running = this.#reads.get(vifId);
    if (running !== undefined) return running;
    const read = this.#ask(vifId).finally(() => this.#reads.delete(vifId));
    this.#reads.set(vifId, read);
    return read;
  }

  async #ask(vifId: string): Promise<Port | undefined> {
    const port = await this.#send(vifId);
    const isOwn = port !== undefined && port.project_id === (await this.#api.projectId());
    if (isOwn) this.#known.set(vifId, port);
    else this.#known.delete(vifId);
    return isOwn ? port : undefined;
  }

  async #send(vifId: string): Promise<Port | undefined> {
    try {
      const { body } = await this.#api.send({ method: 'GET', path: `/ports/${encodeURIComponent(vifId)}` });
      return (body as { readonly port?: Port }).port;
    } catch (error) {
      if (error instanceof NeutronFailure && isNotFound(error)) return undefined;
      throw error;
    }
  }
}
