/**
 * Loads a whole Northbound database in a new process, which has nothing in its caches. Prints as JSON the
 * duration, the longest time that the event loop was blocked, and the memory for each row.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connect, nbSchema, openReplica } from '@ovn-docker/ovsdb';

const RESOLUTION_MS = 2;
const [remote = ''] = process.argv.slice(2);
const all = Object.fromEntries(Object.keys(nbSchema.tables).map((table) => [table, '*']));
globalThis.gc?.();
const before = process.memoryUsage.rss();
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
// The time includes the connection, as in load.py.
const start = performance.now();
const client = await connect({ remotes: remote, probeIntervalMs: 0 });
const replica = await openReplica(client, nbSchema, all);
const ms = performance.now() - start;
delay.disable();
const blockedMs = delay.max / 1e6 - RESOLUTION_MS;
globalThis.gc?.();
const rows = Object.keys(nbSchema.tables).reduce(
  (sum, table) => sum + replica.rows(table as keyof typeof all & 'Copp').size,
  0,
);
console.log(
  JSON.stringify({ ms, blockedMs, rows, bytesPerRow: (process.memoryUsage.rss() - before) / rows }),
);
await client.close();
