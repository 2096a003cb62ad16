import type { ConnectOptions, OvsdbClient } from './ovsdb-client.ts';

/** Connects to the first remote that answers; the client reconnects on its own afterwards. */
export function connect(options: ConnectOptions): Promise<OvsdbClient> {
  return Promise.reject(new Error(`not yet: ${options.remotes}`));
}
