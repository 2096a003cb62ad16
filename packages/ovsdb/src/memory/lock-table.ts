import { fail } from './failure.ts';

/** The owner of each lock and the clients that wait for it (RFC 7047 §4.1.8). */
export class LockTable<Client> {
  /** By lock name: the owner first, then the waiting clients in order. */
  readonly #queues = new Map<string, Client[]>();
  readonly #notify: (client: Client, method: 'locked' | 'stolen', name: string) => void;

  constructor(notify: (client: Client, method: 'locked' | 'stolen', name: string) => void) {
    this.#notify = notify;
  }

  holds(client: Client, name: string): boolean {
    return this.#queues.get(name)?.[0] === client;
  }

  /** Queues the client. Returns whether it now owns the lock. @throws Failure when it is already queued */
  lock(client: Client, name: string): boolean {
    const queue = this.#queueWithout(client, name);
    queue.push(client);
    return queue[0] === client;
  }

  /**
   * Puts the client at the head of the queue, so that it owns the lock. The previous owner becomes second in
   * the queue. @throws Failure when the client is already queued
   */
  steal(client: Client, name: string): void {
    const queue = this.#queueWithout(client, name);
    const [victim] = queue;
    queue.unshift(client);
    if (victim !== undefined) this.#notify(victim, 'stolen', name);
  }

  /** Removes the client from the queue. @throws Failure when it is not queued */
  unlock(client: Client, name: string): void {
    const queue = this.#queue(name);
    const place = queue.indexOf(client);
    if (place < 0) fail('syntax error', '"unlock" without "lock" or "steal"');
    queue.splice(place, 1);
    const [next] = queue;
    if (place === 0 && next !== undefined) this.#notify(next, 'locked', name);
  }

  /** Removes a disconnected client from all queues. */
  leave(client: Client): void {
    for (const [name, queue] of this.#queues) if (queue.includes(client)) this.unlock(client, name);
  }

  #queueWithout(client: Client, name: string): Client[] {
    const queue = this.#queue(name);
    if (queue.includes(client)) fail('syntax error', 'must issue "unlock" before a new "lock" or "steal"');
    return queue;
  }

  #queue(name: string): Client[] {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }
}
