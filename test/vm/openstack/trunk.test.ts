import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkPing,
  checkTcp,
  containerPlace,
  Guest,
  guestKindNames,
  machinePlace,
  management,
  openLab,
  type Place,
  urls,
} from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../../support/api.ts';
import { GuestVm } from '../../support/guest/guest-vm.ts';
import { builtPackage, installPackage, runInit } from '../../support/guest/set-up.ts';
import { Vm } from '../../support/vm.ts';
import { guests, LAB } from '../raise-lab.ts';

/** A real VM at a real Keystone and Neutron: mode trunk, a member's narrow credential. */
const NETWORK = 'LS1';
const lab = openLab(LAB);
const vmB = new Vm(lab, 'vm-b');
const phys = machinePlace(lab.machine('phys'), management.phys);
const scratch = mkdtempSync(join(tmpdir(), 'test-vm-'));
/** Alice has the role `member` in her project. */
const alice = {
  OS_AUTH_URL: urls.identity,
  OS_USERNAME: 'alice',
  OS_PASSWORD: lab.state.tenants.alice.password,
  OS_PROJECT_NAME: 'alice',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
};

let remote: Place;

beforeAll(async () => {
  const api = await Api.login(lab, 'alice');
  await api.createNetwork(NETWORK, '10.64.0.0/24');
  const id = await vmB.run(NETWORK, '--net=none');
  remote = containerPlace(vmB.machine, id, (await vmB.address(id)) ?? '');
});

afterAll(async () => {
  await vmB.cleanUp();
  rmSync(scratch, { recursive: true });
});

describe.each(guestKindNames.filter((kind) => guests?.includes(kind) ?? true))('guest %s', (kind) => {
  let guest: Guest;
  let vm: GuestVm;
  const containers: string[] = [];

  async function checkNetwork(): Promise<void> {
    await checkPing(phys, machinePlace(guest, guest.port.address));
    for (const id of containers) {
      const inside = containerPlace(guest, id, await vm.addressOf(id));
      for (const [from, to] of [
        [inside, remote],
        [remote, inside],
      ] as const) {
        await checkPing(from, to);
        await checkTcp(from, to);
      }
    }
  }

  beforeAll(async () => {
    guest = await Guest.prepare(lab, kind);
    if (await guest.isOn()) await guest.cutPower();
    await guest.turnOn({ fresh: true });
    await guest.waitForBoot();
    vm = new GuestVm(lab, guest);
    await vm.importImage();
  });

  afterAll(() => guest.cutPower());

  it('scenario 50: the package and init set the VM up with a narrow credential, in mode trunk', async () => {
    const create = ['credential', 'create', '--vm', guest.port.portId, '--expires', '30d'];
    const made = await vmB.ovnDocker(create, alice);
    expect([made.code, made.stderr]).toEqual([0, expect.stringMatching(/access rules, for trunk/)]);
    const clouds = join(scratch, 'clouds.yaml');
    writeFileSync(clouds, made.stdout, { mode: 0o600 });
    await installPackage(guest, builtPackage());
    await guest.copy([clouds], '/root');
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
