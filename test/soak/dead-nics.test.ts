import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Api, type Resource } from '../support/api.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { rebootVm } from '../support/reboot-vm.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/**
 * Long loops that look for a NIC that is dead although everything seems right: `npm run soak`. They are no
 * part of CI; docs/soak.md has the last result.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-c');
const NETWORK = 'soak';
const CONTAINERS = 6;
const RESTARTS = 300;
const REBOOTS = 20;
let api: Api;
let network: Resource;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
  network = await api.createNetwork(NETWORK, '10.189.0.0/24');
});
afterEach(async () => {
  await vm.cleanUp();
  await vm.removeNetworks(`name=${NETWORK}`);
});
afterAll(() => api.delete('network', network.id));

/** Those of `containers` that get no answer from `peer`, or whose eth0 has no carrier. */
async function deadOf(containers: readonly string[], peer: string): Promise<string[]> {
  const alive = await Promise.all(
    containers.map((id) =>
      waitFor('an answer', () => vm.pings(id, peer)).then(
        () => true,
        () => false,
      ),
    ),
  );
  const dead = containers.filter((_, index) => !alive[index]);
  for (const id of dead) console.log(await vm.docker('exec', id, 'ip', 'addr', 'show', 'eth0'));
  return dead;
}

it.each([
  ['--net=none containers', ['--net=none']],
  ['containers of Docker’s driver', []],
])(
  `${RESTARTS} restarts of %s leave no dead NIC`,
  async (_, options) => {
    const started = [];
    for (let i = 0; i <= CONTAINERS; i++) started.push(await vm.run(NETWORK, ...options));
    const [still = '', ...containers] = started;
    const peer = (await vm.address(still)) ?? '';
    const dead: string[] = [];
    let restarts = 0;
    while (restarts < RESTARTS) {
      await Promise.all(containers.map((id) => vm.docker('restart', '--time', '0', id)));
      restarts += containers.length;
      dead.push(...(await deadOf(containers, peer)));
    }
    console.log(`${restarts} restarts, ${dead.length} dead NICs`);
    expect(dead).toEqual([]);
    await expectBalancedBooks(lab, 'vm-c', api);
  },
  1_800_000,
);

it(`${REBOOTS} reboots of the VM leave no dead NIC`, async () => {
  const always = ['--restart', 'always'];
  const others = (await vm.docker('ps', '--quiet')).split('\n').filter(Boolean);
  const started = [];
  for (let i = 0; i < CONTAINERS; i++) {
    started.push(await vm.run(NETWORK, ...(i % 2 === 0 ? ['--net=none'] : []), ...always));
  }
  const [still = '', ...containers] = started;
  const peer = (await vm.address(still)) ?? '';
  let dead = 0;
  for (let reboot = 1; reboot <= REBOOTS; reboot++) {
    await rebootVm(lab, 'vm-c', async () => undefined);
    for (const id of started) await waitFor('eth0', () => vm.address(id));
    dead += (await deadOf(containers, peer)).length;
    console.log(`${reboot} reboots, ${dead} dead NICs`);
  }
  if (others.length > 0) await vm.docker('start', ...others);
  expect(dead).toBe(0);
  await expectBalancedBooks(lab, 'vm-c', api);
}, 1_800_000);
