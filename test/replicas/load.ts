import type { ReplicaProcess } from '../../packages/embedded-neutron/test/support/replica-process.ts';

/** What became of the requests of all clients. */
export class Outcomes {
  /** The ids of the ports that the service has acknowledged, by name. */
  readonly acknowledged = new Map<string, string>();
  /** The names of the ports that the service has refused to create. */
  readonly refused = new Set<string>();
  /** The names of the ports of whose creation the service said that the outcome is unknown. */
  readonly unknown = new Set<string>();
  /** The number of refusals by status and type. */
  readonly refusals = new Map<string, number>();

  /** Requests one port and notes the outcome. Resolves with whether the port was created. */
  async create(replica: ReplicaProcess, name: string, attributes: object): Promise<boolean> {
    const { status, body } = await replica.request('POST', 'ports', { port: { name, ...attributes } });
    if (status === 201) {
      this.acknowledged.set(name, body.port.id);
      return true;
    }
    const { type, message } = body.NeutronError ?? { type: 'none', message: JSON.stringify(body) };
    const isUnknown = String(message).includes('may have been');
    (isUnknown ? this.unknown : this.refused).add(name);
    const key = `${status} ${type}${isUnknown ? ', outcome unknown' : ''}`;
    this.refusals.set(key, (this.refusals.get(key) ?? 0) + 1);
    return false;
  }
}

/** Runs clients in parallel until `next` returns undefined. Each client uses one replica. */
export async function runClients(
  replicas: readonly ReplicaProcess[],
  count: number,
  next: () => ((replica: ReplicaProcess) => Promise<unknown>) | undefined,
): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, client) => {
      const replica = replicas[client % replicas.length] as ReplicaProcess;
      for (let work = next(); work; work = next()) await work(replica);
    }),
  );
}
