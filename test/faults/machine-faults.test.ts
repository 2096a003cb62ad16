import { type MachineName, openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { Api, type Resource } from '../support/api.ts';
import { crash, type Daemon } from '../support/daemons.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { IMAGE, STAY, Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** Faults of the machine itself: no file descriptor is left, a disk is full. */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const NETWORK = 'machine';
let api: Api;
let network: Resource;
let restore: () => Promise<void>;
let bystander: string;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.183.0.0/24');
  restore = await configureAgent(lab, 'vm-a', { pool: { high: 0 }, reconcile: { every: 1, patience: 1 } });
  bystander = await a.run(NETWORK, '--net=none');
});
afterEach(async () => {
  await agentServes();
  // The fault has ended: a container starts, one that ran all the time still has its address.
  const id = await a.run(NETWORK, '--net=none');
  const address = (await a.address(bystander)) ?? '';
  await waitFor('an answer', () => a.pings(id, address), 15_000);
  await a.remove(id);
  await expectBalancedBooks(lab, 'vm-a', api);
});
afterAll(async () => {
  await a.cleanUp();
  // First the network: with its own configuration, the agent would keep the last NICs warm.
  await api.deleteEmptyNetwork(network);
  await restore();
});

/** The agent begins a new life when its ovsdb-server restarts. */
const agentServes = () =>
  waitFor('the agent to serve', async () => (await a.ovnDocker(['status'])).code === 0, 60_000);

const shell = (machine: MachineName, script: string, ...args: string[]) =>
  lab.machine(machine).must(['/bin/sh', '-c', script, 'sh', ...args]);

/** Runs `work` while a process of VM-A can open no file. */
async function withoutDescriptors(findPid: string, work: () => Promise<void>): Promise<void> {
  const pid = (await shell('vm-a', findPid)).trim();
  const limit = (await shell('vm-a', 'prlimit --noheadings --nofile -o SOFT,HARD --pid "$1"', pid)).trim();
  const setLimit = (soft: string) => shell('vm-a', 'prlimit --pid "$1" --nofile="$2"', pid, soft);
  await setLimit('4:');
  try {
    await work();
  } finally {
    await setLimit(limit.replace(/\s+/, ':'));
  }
  await shell('vm-a', 'kill -0 "$1"', pid);
}

const runOnce = () => a.ovnDocker([`--network=${NETWORK}`, 'run', '-d', '--net=none', IMAGE, ...STAY]);

it('scenario 40: ovs-vswitchd has no file descriptor left: `run` is refused, and nothing is left over', () =>
  withoutDescriptors('cat /run/openvswitch/ovs-vswitchd.pid', async () => {
    const refused = await runOnce();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_SWITCH]')]);
  }));

it('scenario 40: the agent has no file descriptor left: it goes on when it has some again', () =>
  withoutDescriptors("pgrep -f '[o]vn-docker.js agent'", async () => {
    expect((await a.machine.run(['timeout', '3', 'ovn-docker', 'status'])).code).not.toBe(0);
  }));

/**
 * Moves a daemon's database to a disk that is full while `work` runs.
 * @param fill uses the last bytes of the database's own last block
 */
async function withFullDisk(
  machine: MachineName,
  daemon: Daemon | 'ovn/ovnnb_db',
  directory: string,
  { fill, work }: { fill: () => Promise<unknown>; work: () => Promise<void> },
): Promise<void> {
  const move = async (script: string) => {
    const command = await crash(lab, machine, daemon as Daemon);
    await shell(machine, `set -e; ${script}; rm -f "$1"/.*.~lock~`, directory);
    await lab.machine(machine).must(command);
    await agentServes();
  };
  const free = 256;
  const size = `$(( $(du -sk "$1" | cut -f1) + ${free} ))k`;
  const copy = '$1.copy';
  await move(`cp -a "$1" "${copy}"; mount -t tmpfs -o size=${size} none "$1"; cp -a "${copy}"/. "$1"`);
  try {
    await shell(machine, 'dd if=/dev/zero of="$1"/fill bs=512 2>/dev/null || true', directory);
    await fill();
    await work();
    await shell(machine, 'rm "$1"/fill', directory);
  } finally {
    await move(
      `rm -rf "${copy}"; cp -a "$1" "${copy}"; umount "$1"; cp -a "${copy}"/. "$1"; rm -rf "${copy}"`,
    );
  }
}

/** Writes to the VM's switch database until ovsdb-server refuses, with smaller and smaller changes. */
const FILL_SWITCH = `for text in $(head -c 900 /dev/zero | tr '\\0' x) x; do
  n=0; while ovs-vsctl --timeout=5 set open . external_ids:fill=$text$n; do n=$((n+1)); done
done 2>/dev/null; true`;

it('scenario 40: the disk of the VM’s switch database is full: `run` is refused, and nothing is left over', () =>
  withFullDisk('vm-a', 'openvswitch/ovsdb-server', '/etc/openvswitch', {
    fill: () => shell('vm-a', FILL_SWITCH),
    work: async () => {
      const refused = await runOnce();
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/disk may be full/)]);
    },
  }));

// A real Neutron keeps its state in MariaDB.
it.runIf(lab.state.apiKind === 'embedded')(
  'scenario 40: the disk of the Northbound database is full: Neutron answers with an error and makes nothing',
  async () => {
    const made: string[] = [];
    const create = async () => {
      const { status, body } = await api.call('POST', 'networks', { network: { name: 'full' } });
      if (status === 201) made.push((body['network'] as Resource).id);
      return status;
    };
    await withFullDisk('central', 'ovn/ovnnb_db', '/var/lib/ovn', {
      fill: () => waitFor('Neutron to refuse a network', async () => (await create()) >= 500),
      work: async () => {
        expect((await api.list('network', 'name=full')).map(({ id }) => id).sort()).toEqual(made.sort());
        const refused = await runOnce();
        expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/\[E_API_\w+\]/)]);
      },
    });
    for (const id of made) await api.delete('network', id);
  },
);
