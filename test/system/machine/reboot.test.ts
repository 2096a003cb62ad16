import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { rebootVm } from '../../support/reboot-vm.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** A whole VM goes and comes back: SCENARIO 33, and the host of SCENARIO 20. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-c');
const NETWORK = 'reboot';
let api: Api;
let network: Resource;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
  network = await api.createNetwork(NETWORK, '10.182.0.0/24');
});
afterAll(() => api.delete('network', network.id));
leavesNoTraces(lab);

it('scenario 33, scenario 20: the VM is rebooted: rows without their veths become NICs again, for the containers that start by themselves', async () => {
  const always = ['--restart', 'always'];
  const others = (await vm.docker('ps', '--quiet')).split('\n').filter(Boolean);
  const before = (await pluggedNics(lab, 'vm-c')).length;
  try {
    const [none, driver] = [await vm.run(NETWORK, '--net=none', ...always), await vm.run(NETWORK, ...always)];
    // Nobody starts this one by itself; its NIC waits for it.
    const quiet = await vm.run(NETWORK, '--net=none');
    const [address, quietAddress] = [await vm.address(none), await vm.address(quiet)];
    await waitFor('an answer', () => vm.pings(driver, address ?? ''));

    await rebootVm(lab, 'vm-c', async () => {
      const errors = ['ovs-vsctl', '--bare', '--columns=error', 'find', 'Interface', 'error!=[]'];
      const rows = async () => (await vm.machine.must(errors)).split('\n').filter(Boolean);
      await waitFor('rows without their veths', async () => (await rows()).length === before + 3);
    });

    await waitFor('eth0 of the container', async () => (await vm.address(none)) === address);
    const other = await waitFor('eth0 of the other', () => vm.address(driver));
    await waitFor('an answer', () => vm.pings(none, other));
    await waitFor('an answer', () => vm.pings(driver, address ?? ''));
    await vm.docker('start', quiet);
    await waitFor('eth0 of the quiet one', async () => (await vm.address(quiet)) === quietAddress);
    await waitFor('an answer', () => vm.pings(quiet, address ?? ''));
    const { agent } = await expectBalancedBooks(lab, 'vm-c', api);
    expect(agent.nics).toHaveLength(before + 3);
  } finally {
    if (others.length > 0) await vm.docker('start', ...others);
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
});
