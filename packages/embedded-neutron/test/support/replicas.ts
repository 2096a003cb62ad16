import { connect } from '@ovn-docker/ovsdb';
import { type NbRows, Northbound } from '../../src/northbound/northbound.ts';
import type { TestNorthbound } from './northbound.ts';

/** Several replicas' engines on one database, without the APIs. */
export interface Engines extends AsyncDisposable {
  readonly engines: readonly Northbound[];
}

/** Opens `count` engines, each with a connection of its own. */
export async function openEngines(
  nb: TestNorthbound,
  count: number,
  rows: readonly NbRows[],
): Promise<Engines> {
  const clients = await Promise.all(
    Array.from({ length: count }, () =>
      connect({
        remotes: nb.remote,
        backoff: { minMs: 20, maxMs: 100 },
        probeIntervalMs: 500,
        connectTimeoutMs: 5_000,
      }),
    ),
  );
  const engines: Northbound[] = [];
  for (const client of clients) engines.push(await Northbound.open(client, rows));
  return {
    engines,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
