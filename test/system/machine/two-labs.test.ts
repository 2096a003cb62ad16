import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, openLab, repository, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { leavesNoTraces } from '../../support/traces.ts';
import { LAB } from '../raise-lab.ts';

const OTHER = 'second';
const first = openLab(LAB);
const second = new Lab(OTHER);

function lab(...args: string[]): { status: number | null; stderr: string } {
  const program = join(repository, 'lab', 'dist', 'lab.js');
  const command = [program, ...args, '--name', OTHER];
  return spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 60_000 });
}

/** Identities of the second lab's namespaces; a process in one of them belongs to that lab. */
function namespaces(): Set<string> {
  const up = second.machines.filter((machine) => machine.isUp);
  return new Set([
    ...up.flatMap(({ pid }) => ['pid', 'mnt', 'net'].map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`))),
    ...second.machines
      .filter(({ places }) => existsSync(places.netns))
      .map(({ places }) => `net:[${statSync(places.netns).ino}]`),
  ]);
}

/** Everything on this computer that belongs to the second lab, without zombie processes. */
function remains(ownNamespaces: ReadonlySet<string>): string[] {
  const processes = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const isZombie = / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\)/, ''));
      return (
        !isZombie &&
        ['pid', 'mnt', 'net'].some((kind) => ownNamespaces.has(readlinkSync(`/proc/${pid}/ns/${kind}`)))
      );
    } catch {
      return false; // The process ended meanwhile.
    }
  });
  const named = (directory: string, prefix: string) =>
    existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith(prefix)) : [];
  const cgroups = ['.', ...readdirSync('/sys/fs/cgroup')].flatMap((hierarchy) =>
    isDirectory(join('/sys/fs/cgroup', hierarchy))
      ? named(join('/sys/fs/cgroup', hierarchy), `ovn-lab-${OTHER}`)
      : [],
  );
  return [
    ...processes.map((pid) => `process ${pid} ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`),
    ...named('/run/netns', `${OTHER}-`).map((name) => `namespace ${name}`),
    ...named('/run/ovn-lab', OTHER).map((name) => `/run/ovn-lab/${name}`),
    ...named(join(repository, '.lab'), OTHER).map((name) => `.lab/${name}`),
    ...cgroups.map((name) => `control group ${name}`),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`/${OTHER}-`) || line.includes(`/${OTHER}/`))
      .map((line) => `mount ${line}`),
  ];
}

const isDirectory = (path: string) => statSync(path).isDirectory();
const interfaces = () => readdirSync('/sys/class/net').toSorted();

/** Waits until VM-A of a lab reaches VM-B, which is on the other hypervisor. */
async function waitForPing(from: Lab): Promise<void> {
  const address = from.state.vms['vm-b']?.address ?? '';
  await waitFor(`VM-A of ${from.name} to reach VM-B`, async () => {
    const ping = ['busybox', 'ping', '-c', '1', '-W', '1', address];
    return (await from.machine('vm-a').run(ping)).code === 0;
  });
}

describe('a second lab beside the first', () => {
  leavesNoTraces(first);
  const before = interfaces();
  afterEach(() => expect(interfaces()).toEqual(before));
  afterAll(() => lab('down'));

  it('both work; stopping one leaves nothing of it and does not change the other', async () => {
    expect(lab('up', '--no-docker')).toMatchObject({ status: 0 });
    await Promise.all([waitForPing(first), waitForPing(second)]);
    const own = namespaces();
    expect(remains(own).length).toBeGreaterThan(20);
    expect(lab('down')).toMatchObject({ status: 0 });
    expect(remains(own)).toEqual([]);
    await waitForPing(first);
    expect(first.isUp).toBe(true);
    // `down` without a lab succeeds too.
    expect(lab('down')).toMatchObject({ status: 0 });
    expect(remains(own)).toEqual([]);
  });

  it('`down` removes a lab with a killed machine to the last file', () => {
    expect(lab('up', '--no-docker')).toMatchObject({ status: 0 });
    const own = namespaces();
    process.kill(second.machine('hv1').pid, 'SIGKILL');
    expect(lab('down')).toMatchObject({ status: 0 });
    expect(remains(own)).toEqual([]);
  });

  it('`down` removes a lab whose start was killed half way', async () => {
    const program = join(repository, 'lab', 'dist', 'lab.js');
    const raising = spawn(process.execPath, [program, 'up', '--no-docker', '--name', OTHER], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => raising.once('close', resolve));
    // The machines run, and the lab is starting their daemons.
    await waitFor('the machines', () => second.machines.every((machine) => machine.isUp));
    raising.kill('SIGKILL');
    await ended;
    const own = namespaces();
    expect(second.isUp).toBe(false);
    expect(lab('down')).toMatchObject({ status: 0 });
    expect(remains(own)).toEqual([]);
  });
});
