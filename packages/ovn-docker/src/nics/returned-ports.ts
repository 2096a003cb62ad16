import type { Neutron, Port } from '@ovn-docker/openstack';
import type { Log } from '../observe/log.ts';

/** How long Neutron may take for one request, in milliseconds: its silence keeps nobody from using a NIC again. */
const PATIENCE_MS = 2000;

/** What decides whether a port can be somebody else's. */
const FIELDS = [
  'id',
  'mac_address',
  'admin_state_up',
  'port_security_enabled',
  'fixed_ips',
  'security_groups',
  'allowed_address_pairs',
] as const satisfies readonly (keyof Port)[];

/** `unknown`: Neutron does not say; whoever looks at all ports later will see. */
export type PortNow = Port | 'gone' | 'unknown';

/**
 * What Neutron says of ports whose containers have ended: nobody has looked at them since the last pass of the reconciler. One
 * request at a time: those that come while Neutron is being asked are asked for together afterwards.
 */
export class ReturnedPorts {
  readonly #neutron: Neutron;
  readonly #log: Log;
  readonly #waiting = new Map<string, PromiseWithResolvers<PortNow>>();
  #isAsking = false;

  constructor(neutron: Neutron, log: Log) {
    this.#neutron = neutron;
    this.#log = log;
  }

  /** The port as it is now. */
  ask(portId: string): Promise<PortNow> {
    const asked = this.#waiting.get(portId) ?? Promise.withResolvers<PortNow>();
    this.#waiting.set(portId, asked);
    if (!this.#isAsking) void this.#askAll();
    return asked.promise;
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.size > 0) {
      const batch = new Map(this.#waiting);
      this.#waiting.clear();
      const ports = await this.#look([...batch.keys()]);
      for (const [id, { resolve }] of batch) resolve(ports ? (ports.get(id) ?? 'gone') : 'unknown');
    }
    this.#isAsking = false;
  }

  /** Undefined when Neutron does not say. */
  async #look(ids: readonly string[]): Promise<Map<string, Port> | undefined> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const ports = await this.#neutron.ports.all({ id: ids, fields: FIELDS }, { signal });
      return new Map(ports.map((port) => [port.id, port]));
    } catch (error) {
      this.#log.debug({ err: error }, 'Neutron does not say what became of returned ports');
      return undefined;
    }
  }
}
