/**
 * The OVSDB client against python3-openvswitch's IDL, `ovsdb-client dump` (C) and a bare socket. Each line is a ratio
 * or growth measured in this one run: this machine's absolute times mean little.
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
  /** The whole process, as a program that loads and ends. */
  readonly processMs: number;
  /** From before the connection, without the start of Node. */
  readonly ms: number;
  readonly blockedMs: number;
  readonly rows: number;
  readonly bytesPerRow: number;
}

/** Gives the lines one by one, as they are measured. */
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
  // In turns, so that whatever else the machine does falls on all of them.
  for (let n = 0; n < RUNS; n++) {
    loads.push(load(remote));
    dumps.push(
      timed(() =>
        // Its warnings about its own slowness are no result.
        execFileSync('ovsdb-client', ['-vconsole:off', 'dump', remote, 'OVN_Northbound'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      ),
    );
    pythons.push(
      Number(execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'load.py'), remote, `${rows}`])),
    );
  }
  const ms = median(loads.map((one) => one.ms));
  const processMs = median(loads.map((one) => one.processMs));
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
    detail: "without Node's start",
  };
  yield {
    name: 'event loop blocked at most',
    rows,
    value: Math.max(...loads.map((one) => one.blockedMs)),
    unit: 'ms',
    ...targets.blocked,
  };
  yield {
    name: 'resident memory per row',
    rows,
    value: median(loads.map((one) => one.bytesPerRow)),
    unit: 'bytes',
  };
}

function requirePython(): void {
  const { status } = spawnSync('/usr/bin/python3', ['-c', 'import ovs.db.idl']);
  if (status !== 0) throw new Error('the reference is missing: apt-get install python3-openvswitch');
}

function load(remote: string): Load {
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
