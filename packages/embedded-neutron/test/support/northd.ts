import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from '@ovn-docker/ovsdb';
import { run, type TestNorthbound } from './northbound.ts';

/** A running ovn-northd, and ovn-trace on its Southbound database. */
export interface TestNorthd extends AsyncDisposable {
  /** Traces a packet through the logical network. Returns the names of the ports that output it. */
  trace(microflow: string): string[];
}

/** Starts ovn-northd with a Southbound database in the directory of the Northbound one. */
export async function startNorthd(nb: TestNorthbound): Promise<TestNorthd> {
  const path = (name: string) => join(nb.directory, name);
  const remote = `unix:${path('sb.sock')}`;
  run('ovsdb-tool', ['create', path('sb.db'), '/usr/share/ovn/ovn-sb.ovsschema']);
  const processes = [
    start('ovsdb-server', [
      `--remote=p${remote}`,
      `--unixctl=${path('sb.ctl')}`,
      '-vconsole:off',
      path('sb.db'),
    ]),
  ];
  const client = await connect({ remotes: remote, waitForServer: true, backoff: { minMs: 20, maxMs: 100 } });
  await client.listDbs();
  await client.close();
  const databases = [`--ovnnb-db=${nb.remote}`, `--ovnsb-db=${remote}`];
  processes.unshift(start('ovn-northd', [...databases, `--unixctl=${path('northd.ctl')}`, '-vconsole:off']));
  return {
    trace: (microflow) => {
      // ovn-northd has finished when Southbound has the sequence number of Northbound.
      nb.nbctl('--wait=sb', 'sync');
      const { stdout, stderr, status } = spawnSync(
        'ovn-trace',
        [`--db=${remote}`, `--unixctl=${path('trace.ctl')}`, '--minimal', '--ct=new', microflow],
        { encoding: 'utf8' },
      );
      // ovn-trace warns about each flow of the network whose match OVN's parser refuses.
      if (status !== 0 || /error|parsing/.test(stderr)) throw new Error(stderr || stdout);
      // ovn-trace shortens names that look like UUIDs.
      const names = nb.nbctl('--bare', '--columns=name', 'list', 'Logical_Switch_Port').split(/\s+/);
      const shortened = [...stdout.matchAll(/output\("([^"]+)"/g)].map(([, port]) => port ?? '');
      return shortened.map((start) => names.find((name) => name.startsWith(start)) ?? start);
    },
    [Symbol.asyncDispose]: async () => {
      for (const process of processes) await stop(process);
    },
  };
}

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: 'ignore' });
}

async function stop(process: ChildProcess): Promise<void> {
  const ended = once(process, 'exit');
  process.kill('SIGTERM');
  await ended;
}
