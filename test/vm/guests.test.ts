import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkPing,
  checkTcp,
  cloudsYaml,
  containerPlace,
  type Guest,
  guestKindNames,
  machinePlace,
  management,
  openLab,
  type Place,
} from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { footprintOf } from '../support/guest/footprint.ts';
import type { GuestVm } from '../support/guest/guest-vm.ts';
import { laterVersionOf } from '../support/guest/other-version.ts';
import { OwnPings } from '../support/guest/own-pings.ts';
import { readmeCommands } from '../support/guest/readme.ts';
import {
  bootFresh,
  bothWays,
  builtPackage,
  copyClouds,
  installPackage,
  runInit,
  startRemote,
} from '../support/guest/set-up.ts';
import { startStream } from '../support/guest/stream.ts';
import { Pinger } from '../support/pinger.ts';
import { tagsOf } from '../support/port-tags.ts';
import { stopNeutron } from '../support/stop-neutron.ts';
import { Vm } from '../support/vm.ts';
import { guests, LAB } from './raise-lab.ts';

const NETWORK = 'LS1';
const readme = readmeCommands();
const lab = openLab(LAB);
const vmB = new Vm(lab, 'vm-b');
const phys = machinePlace(lab.machine('phys'), management.phys);

/** Files that the tests make on this computer. */
const scratch = mkdtempSync(join(tmpdir(), 'test-vm-'));

/** A container of VM-B, which every guest reaches. */
let remote: Place;
let remoteId: string;
let deb: string;

beforeAll(async () => {
  deb = builtPackage();
  ({ id: remoteId, place: remote } = await startRemote(vmB, NETWORK, '10.64.0.0/24'));
});

afterAll(async () => {
  await vmB.cleanUp();
  rmSync(scratch, { recursive: true });
});

describe.each(guestKindNames.filter((kind) => guests?.includes(kind) ?? true))('guest %s', (kind) => {
  let vm: GuestVm;
  let guest: Guest;
  let before: Set<string>;
  /** Containers by the way in which they get their NIC. Docker starts them at boot. */
  const containers = new Map<'driver' | 'none', string>();

  const placeOf = async (id: string): Promise<Place> => containerPlace(guest, id, await vm.addressOf(id));

  /** Requires that each container, VM-B's container and the physical machine reach each other. */
  async function checkNetwork(): Promise<void> {
    await checkPing(phys, machinePlace(guest, guest.port.address));
    for (const id of containers.values()) {
      const inside = await placeOf(id);
      for (const [from, to] of bothWays(inside, remote)) await checkPing(from, to);
    }
  }

  /** The ids of the ports of the guest's containers and pools in Neutron. */
  async function portsOfGuest(): Promise<string[]> {
    const api = await Api.login(lab, 'alice');
    const mark = `ovn-docker:vif=${guest.port.portId}`;
    const ports = (await api.list('port')).filter((port) => tagsOf(port).includes(mark));
    return ports.map(({ id }) => id).sort();
  }

  beforeAll(async () => {
    vm = await bootFresh(lab, kind);
    guest = vm.guest;
  });

  afterAll(async () => {
    await guest.cutPower();
  });

  it('the package installs where no registry and no mirror can be reached', async () => {
    expect((await guest.run(['ip', 'route', 'get', '1.1.1.1'])).code).not.toBe(0);
    before = await footprintOf(guest);
    await installPackage(guest, deb);
    expect(await guest.must(['ovn-docker', '--version'])).toMatch(/^\d+\.\d+/);
  });

  it('scenario 43: init over ssh sets the VM up, and the ssh session survives', async () => {
    await copyClouds(guest, cloudsYaml(guest.port.credential));
    // The session of a person who looks on: a line every second, to its end.
    const watched = guest.run(
      ['sh', '-c', 'while [ ! -e /run/init-done ]; do date; sleep 1; done; echo end'],
      {
        timeoutMs: 600_000,
      },
    );
    const result = await runInit(guest);
    expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
    await guest.must(['touch', '/run/init-done']);
    expect(await watched).toMatchObject({ code: 0, stdout: expect.stringMatching(/end\n$/) });
    expect(await guest.must(['systemctl', 'is-enabled', 'ovn-docker'])).toBe('enabled\n');
  });

  it('containers of the guest, of VM-B and the physical machine reach each other', async () => {
    await vm.docker(
      ...['network', 'create', '-d', 'ovn', '--ipam-driver', 'ovn'],
      ...['-o', `neutron.net.name=${NETWORK}`, '--ipam-opt', `neutron.net.name=${NETWORK}`, NETWORK],
    );
    containers.set('none', await vm.run(NETWORK, '--net=none', '--restart=always'));
    containers.set(
      'driver',
      await vm.docker('run', '-d', '--restart=always', '--network', NETWORK, ...LONG_LIVED),
    );
    await checkNetwork();
    const id = (await guest.shell(readme.run)).trim();
    await checkPing(remote, await placeOf(id));
    await vm.docker('rm', '--force', id);
    for (const id of containers.values()) {
      const inside = await placeOf(id);
      for (const [from, to] of bothWays(inside, remote)) await checkTcp(from, to);
    }
    const local = await placeOf(await vm.run(management.name, '--net=none'));
    for (const [from, to] of bothWays(local, phys)) {
      await checkPing(from, to);
      await checkTcp(from, to);
    }
  });

  it.each([
    ['to', false],
    ['from', true],
  ] as const)(
    'scenario 45: the VM’s own TCP stream %s it never stalls while containers come and go',
    async (_, reverse) => {
      const stream = await startStream(vm, 60, { reverse });
      let rounds = 0;
      for (; !stream.hasEnded(); rounds++) {
        await vm.docker('run', '--rm', '--network', NETWORK, 'busybox:local', 'true');
        await vm.docker('rm', '--force', await vm.run(NETWORK, '--net=none'));
      }
      const intervals = await stream.intervals();
      // The last round may end after the stream.
      expect(rounds).toBeGreaterThan(1);
      expect(intervals.length).toBeGreaterThan(25);
      expect(Math.min(...intervals), `bytes in two seconds each: ${intervals.join(' ')}`).toBeGreaterThan(0);
    },
  );

  it('the unit is confined, and its warnings are warnings in the journal', async () => {
    const table = await guest.must(['systemd-analyze', 'security', '--no-pager', 'ovn-docker']);
    const exposure = Number(/Overall exposure level.*?: ([\d.]+)/.exec(table)?.[1]);
    expect(exposure, table).toBeLessThanOrEqual(4.0);
    const start = await stopNeutron(lab);
    try {
      await guest.run(['ovn-docker', '--network', NETWORK, 'pool', 'drain', NETWORK]);
    } finally {
      await start();
    }
    const warnings = await guest.must([
      'journalctl',
      '-u',
      'ovn-docker',
      '-p',
      'warning',
      '-o',
      'cat',
      '--no-pager',
    ]);
    expect(warnings).toContain('"level":40');
    expect(warnings).not.toContain('"level":30');
  });

  it.each(disturbances(kind))('the network works after %s', async (_, script) => {
    await guest.shell(script, { timeoutMs: 300_000 });
    await guest.waitForSsh();
    await checkNetwork();
  });

  it('scenario 44: after a reboot every container has its network again, and no port was made twice', async () => {
    const ports = await portsOfGuest();
    await vm.reboot();
    await checkNetwork();
    // The agent may have deleted warm NICs that no container took for the idle time.
    expect(ports).toEqual(expect.arrayContaining(await portsOfGuest()));
  });

  it.each(['a', 'another'])(
    'scenario 44: after %s power cut every container has its network again',
    async () => {
      await vm.cutPower();
      await checkNetwork();
    },
  );

  it('scenario 44: a reboot while Neutron is away loses no container; Neutron comes back', async () => {
    const start = await stopNeutron(lab);
    try {
      await vm.reboot();
      await checkNetwork();
    } finally {
      await start();
    }
    await checkNetwork();
    await vm.docker('run', '--rm', '--network', NETWORK, 'busybox:local', 'true');
  });

  it('scenario 40: an upgrade and a downgrade lose no ping', async () => {
    const later = laterVersionOf(deb, scratch);
    await guest.copy([later], '/root');
    const inside = containers.get('driver') ?? '';
    const own = await OwnPings.start(guest, management.phys);
    const pingers = [
      await Pinger.start(vm, inside, remote.address),
      await Pinger.start(vmB, remoteId, await vm.addressOf(inside)),
    ];
    for (const file of ['later-ovn-docker-agent_*.deb', 'ovn-docker-agent_*.deb']) {
      await guest.shell(`DEBIAN_FRONTEND=noninteractive dpkg --install /root/${file}`, {
        timeoutMs: 300_000,
      });
      await guest.shell('systemctl is-active ovn-docker');
      await vm.docker('run', '--rm', '--network', NETWORK, 'busybox:local', 'true');
    }
    const lost = [];
    for (const pinger of pingers) lost.push((await pinger.count()).lost);
    const ownGaps = await own.stop();
    const log = await guest.must(['journalctl', '--no-pager', '-o', 'short-unix', '--since', '-5min']);
    expect(lost, `gaps of the VM’s own pings: ${ownGaps.join(', ') || 'none'}\n${log}`).toEqual([[], []]);
    await checkNetwork();
  });

  it('scenario 43: init --undo gives the VM back', async () => {
    await vm.docker('rm', '--force', ...(await vm.docker('ps', '-aq')).split('\n'));
    await vm.docker('network', 'rm', NETWORK);
    containers.clear();
    const result = await guest.run(['ovn-docker', 'init', '--undo', '--yes'], { timeoutMs: 500_000 });
    expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
    expect(await guest.must(['ip', '-o', '-4', 'addr', 'show', 'dev', guest.kind.nic])).toContain(
      guest.port.address,
    );
    expect(await guest.must(['ovs-vsctl', 'list-br'])).toBe('');
    await vm.reboot();
    await checkNetwork();
    expect(await portsOfGuest()).toEqual([]);
  });

  it('a purge leaves nothing', async () => {
    await guest.shell('DEBIAN_FRONTEND=noninteractive dpkg --purge ovn-docker-agent', { timeoutMs: 300_000 });
    const left = [...(await footprintOf(guest))].filter((line) => !before.has(line));
    expect(left).toEqual([]);
  });
});

const LONG_LIVED = ['busybox:local', 'sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'];

/** systemd-networkd configures every interface that no file before this one matches, but never a NIC's. */
const matchAll = `
  printf '[Match]\\nName=*\\n[Network]\\nDHCP=yes\\n' >/etc/systemd/network/99-all.network
  networkctl reload
  nics=$(networkctl list --no-legend 'ovn-*')
  rm /etc/systemd/network/99-all.network
  networkctl reload
  echo "$nics"
  [ -n "$nics" ] && ! echo "$nics" | grep -v unmanaged`;

/** What users and their machines do to the network of a VM. */
function disturbances(kind: string): [name: string, script: string][] {
  const docker = 'dpkg --install /var/cache/apt/archives/docker.io_*.deb';
  return [
    ...(kind === 'ifupdown'
      ? ([['systemctl restart networking', 'systemctl restart networking']] as [string, string][])
      : ([
          ['netplan apply', 'netplan apply'],
          ['networkctl reload', 'networkctl reload'],
          ['a .network file that matches all interfaces', matchAll],
        ] as [string, string][])),
    ['a restart of Open vSwitch', 'systemctl restart openvswitch-switch'],
    ['a restart of Docker', 'systemctl restart docker'],
    ['an upgrade of Docker', docker],
  ];
}
