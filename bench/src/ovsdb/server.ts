import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, nbSchema, Transaction } from '@ovn-docker/ovsdb';

const SCHEMA = '/usr/share/ovn/ovn-nb.ovsschema';
const PORTS_PER_SWITCH = 1000;

/** An ovsdb-server with its own Northbound database. */
export interface BenchServer extends AsyncDisposable {
  readonly remote: string;
}

/** Starts a server and fills its database with switches that have `rows` ports together. */
export async function startNorthbound(rows: number): Promise<BenchServer> {
  const directory = mkdtempSync(join(tmpdir(), 'ovsdb-bench-'));
  const remote = `unix:${directory}/sock`;
  execFileSync('ovsdb-tool', ['create', `${directory}/db`, SCHEMA]);
  const args = [
    `--remote=p${remote}`,
    `--unixctl=${directory}/ctl`,
    '-vconsole:off',
    '-vfile:off',
    `${directory}/db`,
  ];
  const child = spawn('ovsdb-server', args, {
    stdio: 'ignore',
    env: { ...process.env, OVS_RUNDIR: directory },
  });
  await using client = await connect({
    remotes: remote,
    waitForServer: true,
    backoff: { minMs: 10, maxMs: 50 },
    probeIntervalMs: 0,
  });
  for (let first = 0; first < rows; first += PORTS_PER_SWITCH) {
    await addSwitch(new Transaction(nbSchema, client), first, Math.min(PORTS_PER_SWITCH, rows - first));
  }
  return {
    remote,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Inserts a switch with ports as ML2/OVN writes them. */
async function addSwitch(
  t: Transaction<import('@ovn-docker/ovsdb').NbTables>,
  first: number,
  count: number,
): Promise<void> {
  const ports = Array.from({ length: count }, (_, i) => {
    const n = first + i;
    const address = `0a:00:00:${hex(n >> 16)}:${hex(n >> 8)}:${hex(n)} 10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    return t.insert('Logical_Switch_Port', {
      name: `port-${n}`,
      addresses: [address],
      port_security: [address],
      options: { requested_chassis: 'hv1' },
      parent_name: `vif-${first}`,
      tag: (n % 4094) + 1,
      up: true,
      enabled: true,
      external_ids: {
        'neutron:port_name': `name ${n}`,
        'neutron:revision_number': '3',
        'neutron:cidrs': '10.0.0.1/24',
        'neutron:device_id': `device-${n}`,
      },
    });
  });
  t.insert('Logical_Switch', { name: `switch-${first}`, ports });
  await t.commit();
}

function hex(n: number): string {
  return (n & 255).toString(16).padStart(2, '0');
}
