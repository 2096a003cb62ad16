/**
 * Compares the OVSDB client with python3-openvswitch's IDL, `ovsdb-client dump` (C) and a bare socket. Ratios
 * and growth in one run say more than absolute times, which depend on the computer.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import { startNorthbound } from './server.ts';
import { pipelinedInserts, roundTrips, updates } from './transactions.ts';

const SIZES = [1_000, 10_000, 100_000];
const RUNS = 5;

interface Load {
  /** Duration of the whole process, including the start of Node. */
  readonly processMs: number;
  /** From the start of the connection to the loaded replica. */
  readonly ms: number;
  /** Longest time that the event loop was blocked. */
  readonly blockedMs: number;
  readonly rows: number;
  readonly bytesPerRow: number;
}

/** Yields the lines as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  requirePython();
  for (const rows of SIZES) {
    await using server = await startNorthbound(rows);
    const largest = rows === SIZES.at(-1);
    yield* compareLoads(server.remote, rows, largest);
    const update = await updates(server.remote, 2_000);
    yield { name: 'one small update applied', rows, value: update.replica, unit: 'ms' };
    yield {
      name: 'one small update applied / bare socket',
      rows,
      value: update.replica / update.socket,
      unit: '×',
      detail: `${update.socket.toFixed(3)} ms`,
    };
    const { client, socket } = await roundTrips(server.remote);
    yield { name: 'round trip of a transaction', rows, value: client, unit: 'ms' };
    yield {
      name: 'round trip / bare socket',
      rows,
      value: client / socket,
      unit: '×',
      ...(largest ? { atMost: 1.3 } : {}),
      detail: `${socket.toFixed(3)} ms`,
    };
    const inserts = await pipelinedInserts(server.remote, 10_000);
    yield { name: '10,000 pipelined inserts', rows, value: inserts.client, unit: 'ms' };
    yield {
      name: '10,000 pipelined inserts / bare socket',
      rows,
      value: inserts.client / inserts.socket,
      unit: '×',
      detail: `${inserts.socket.toFixed(0)} ms`,
    };
  }
}

async function* compareLoads(remote: string, rows: number, largest: boolean): AsyncGenerator<Line> {
  const loads: Load[] = [];
  const dumps: number[] = [];
  const pythons: number[] = [];
  // In turns, so that other load of this computer affects all of them.
  for (let n = 0; n < RUNS; n++) {
    loads.push(measureLoad(remote));
    dumps.push(
      timed(() =>
        // `-vconsole:off` hides the warnings of ovsdb-client about long poll intervals.
        execFileSync('ovsdb-client', ['-vconsole:off', 'dump', remote, 'OVN_Northbound'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      ),
    );
    pythons.push(
      Number(execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'load.py'), remote, `${rows}`])),
    );
  }
  const ms = median(loads.map((load) => load.ms));
  const processMs = median(loads.map((load) => load.processMs));
  const [dump, python] = [median(dumps), median(pythons)];
  const targets = largest
    ? { python: { atLeast: 5 }, dump: { atMost: 1.5 }, blocked: { atMost: 50 } }
    : { python: {}, dump: {}, blocked: {} };
  yield { name: 'load', rows, value: ms, unit: 'ms' };
  yield {
    name: 'python IDL / load',
    rows,
    value: python / ms,
    unit: '×',
    detail: `${python.toFixed(0)} ms`,
    ...targets.python,
  };
  yield {
    name: 'load by a whole process / ovsdb-client dump',
    rows,
    value: processMs / dump,
    unit: '×',
    detail: `${processMs.toFixed(0)} ms / ${dump.toFixed(0)} ms`,
    ...targets.dump,
  };
  yield {
    name: 'load / ovsdb-client dump',
    rows,
    value: ms / dump,
    unit: '×',
    detail: 'without the start of Node',
  };
  yield {
    name: 'event loop blocked at most',
    rows,
    value: Math.max(...loads.map((load) => load.blockedMs)),
    unit: 'ms',
    ...targets.blocked,
  };
  yield {
    name: 'resident memory per row',
    rows,
    value: median(loads.map((load) => load.bytesPerRow)),
    unit: 'bytes',
  };
}

function requirePython(): void {
  const { status } = spawnSync('/usr/bin/python3', ['-c', 'import ovs.db.idl']);
  if (status !== 0) throw new Error('python3-openvswitch is missing: apt-get install python3-openvswitch');
}

function measureLoad(remote: string): Load {
  const script = join(import.meta.dirname, 'load.ts');
  const start = performance.now();
  const output = execFileSync(process.execPath, ['--conditions=source', '--expose-gc', script, remote], {
    encoding: 'utf8',
  });
  return { processMs: performance.now() - start, ...JSON.parse(output) } as Load;
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
