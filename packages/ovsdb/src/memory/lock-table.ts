/** Who holds and who waits for each lock (RFC 7047 §4.1.8). */
export class LockTable<Client> {
  readonly #queues = new Map<string, Client[]>();
  readonly #notify: (client: Client, method: 'locked' | 'stolen', name: string) => void;

  constructor(notify: (client: Client, method: 'locked' | 'stolen', name: string) => void) {
    this.#notify = notify;
  }

  holds(client: Client, name: string): boolean {
    return this.#queues.get(name)?.[0] === client;
  }

  /** Queues the client; gives whether it holds the lock now. */
  lock(client: Client, name: string): boolean {
    const queue = this.#queue(name);
    if (!queue.includes(client)) queue.push(client);
    return queue[0] === client;
  }

  /** Puts the client first; the one that held the lock waits behind it. */
  steal(client: Client, name: string): void {
    const queue = this.#queue(name);
    const [victim] = queue;
    this.#queues.set(name, [client, ...queue.filter((other) => other !== client)]);
    if (victim !== undefined && victim !== client) this.#notify(victim, 'stolen', name);
  }

  unlock(client: Client, name: string): void {
    const queue = this.#queue(name);
    const held = queue[0] === client;
    const rest = queue.filter((other) => other !== client);
    this.#queues.set(name, rest);
    const [next] = rest;
    if (held && next !== undefined) this.#notify(next, 'locked', name);
  }

  /** The client has gone. */
  leave(client: Client): void {
    for (const name of this.#queues.keys()) this.unlock(client, name);
  }

  #queue(name: string): Client[] {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }
}
