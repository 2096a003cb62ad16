import type { Neutron, Port } from '@ovn-docker/openstack';
import type { Log } from '../observe/log.ts';
import { InBatches } from '../queues/in-batches.ts';

/** Time limit of one request, in milliseconds. A NIC is used again even when Neutron does not answer. */
const TIME_LIMIT_MS = 2000;

/** The fields that decide whether a port can serve another container. */
const FIELDS = [
  'id',
  'mac_address',
  'admin_state_up',
  'port_security_enabled',
  'fixed_ips',
  'security_groups',
  'allowed_address_pairs',
] as const satisfies readonly (keyof Port)[];

/** `unknown`: Neutron did not answer; the next pass of the reconciler checks the port. */
export type PortNow = Port | 'gone' | 'unknown';

interface Question {
  readonly portId: string;
  readonly answer: PromiseWithResolvers<PortNow>;
}

/**
 * Asks Neutron for the current state of ports whose containers have ended: a user may have changed them since
 * the reconciler's last pass. Sends one request at a time; the next request asks for all ports that wait.
 */
export class ReturnedPorts {
  readonly #neutron: Neutron;
  readonly #log: Log;
  readonly #questions = new InBatches<Question>((batch) => this.#askAll(batch));

  constructor(neutron: Neutron, log: Log) {
    this.#neutron = neutron;
    this.#log = log;
  }

  /** The port as it is now. */
  ask(portId: string): Promise<PortNow> {
    const answer = Promise.withResolvers<PortNow>();
    this.#questions.add({ portId, answer });
    return answer.promise;
  }

  async #askAll(batch: readonly Question[]): Promise<void> {
    const ports = await this.#fetch(batch.map(({ portId }) => portId));
    for (const { portId, answer } of batch) {
      answer.resolve(ports ? (ports.get(portId) ?? 'gone') : 'unknown');
    }
  }

  /** Undefined when Neutron does not answer. */
  async #fetch(ids: readonly string[]): Promise<Map<string, Port> | undefined> {
    try {
      const signal = AbortSignal.timeout(TIME_LIMIT_MS);
      const ports = await this.#neutron.ports.all({ id: ids, fields: FIELDS }, { signal });
      return new Map(ports.map((port) => [port.id, port]));
    } catch (error) {
      this.#log.debug({ err: error }, 'Neutron did not report the state of returned ports');
      return undefined;
    }
  }
}
