import {
  checkPing,
  checkTcp,
  containerPlace,
  type Guest,
  guestKindNames,
  machinePlace,
  management,
  openLab,
  openrcOf,
  type Place,
} from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../../support/api.ts';
import type { GuestVm } from '../../support/guest/guest-vm.ts';
import {
  bootFresh,
  bothWays,
  builtPackage,
  copyClouds,
  installPackage,
  runInit,
  startRemote,
} from '../../support/guest/set-up.ts';
import { Vm } from '../../support/vm.ts';
import { guests, LAB } from '../raise-lab.ts';

/** A real VM at a real Keystone and Neutron: mode trunk, a member's narrow credential. */
const NETWORK = 'LS1';
const lab = openLab(LAB);
const vmB = new Vm(lab, 'vm-b');
const phys = machinePlace(lab.machine('phys'), management.phys);
/** Alice has the role `member` in her project. */
const alice = openrcOf('alice', lab.state.tenants.alice.password);

let remote: Place;

beforeAll(async () => {
  ({ place: remote } = await startRemote(vmB, NETWORK, '10.64.0.0/24'));
});

afterAll(async () => {
  await vmB.cleanUp();
});

describe.each(guestKindNames.filter((kind) => guests?.includes(kind) ?? true))('guest %s', (kind) => {
  let guest: Guest;
  let vm: GuestVm;
  const containers: string[] = [];

  async function checkNetwork(): Promise<void> {
    await checkPing(phys, machinePlace(guest, guest.port.address));
    for (const id of containers) {
      const inside = containerPlace(guest, id, await vm.addressOf(id));
      for (const [from, to] of bothWays(inside, remote)) {
        await checkPing(from, to);
        await checkTcp(from, to);
      }
    }
  }

  beforeAll(async () => {
    vm = await bootFresh(lab, kind);
    guest = vm.guest;
  });

  afterAll(() => guest.cutPower());

  it('scenario 50: the package and init set the VM up with a narrow credential, in mode trunk', async () => {
    const create = ['credential', 'create', '--vm', guest.port.portId, '--expires', '30d'];
    const made = await vmB.ovnDocker(create, alice);
    expect([made.code, made.stderr]).toEqual([0, expect.stringMatching(/access rules, for trunk/)]);
    await installPackage(guest, builtPackage());
    await copyClouds(guest, made.stdout);
    const result = await runInit(guest);
    expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/access rules; expires in 29 days/);
    expect(await guest.must(['ovn-docker', 'status'])).toMatch(/trunk/);
  });

  it('containers of the guest, of VM-B and the physical machine reach each other, also after a reboot and a power cut', async () => {
    const options = ['-o', `neutron.net.name=${NETWORK}`, '--ipam-opt', `neutron.net.name=${NETWORK}`];
    const drivers = ['-d', 'ovn', '--ipam-driver', 'ovn', '--subnet', '10.64.0.0/24'];
    await vm.docker('network', 'create', ...drivers, ...options, NETWORK);
    containers.push(await vm.run(NETWORK, '--net=none', '--restart=always'));
    const always = ['run', '-d', '--restart=always', '--network', NETWORK, 'busybox:local', 'sleep', '86400'];
    containers.push(await vm.docker(...always));
    await checkNetwork();
    await vm.reboot();
    await checkNetwork();
    await vm.cutPower();
    await checkNetwork();
  });

  it('nothing is left when the containers are gone and the agent has drained its pool', async () => {
    await vm.docker('rm', '--force', ...containers);
    await vm.docker('network', 'rm', NETWORK);
    await guest.must(['ovn-docker', 'pool', 'drain', NETWORK]);
    const api = await Api.login(lab, 'alice');
    const [trunk] = await api.list('trunk', `port_id=${guest.port.portId}`);
    expect(trunk?.['sub_ports']).toEqual([]);
  });
});
