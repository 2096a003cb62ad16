import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { rebootVm } from '../../support/reboot-vm.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Reboot of a whole VM: scenario 33, and the rebooted host of scenario 20. */
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

it('scenario 33, scenario 20: the VM is rebooted: rows without veth pairs become NICs again for the containers with a restart policy', async () => {
  const always = ['--restart', 'always'];
  const others = (await vm.docker('ps', '--quiet')).split('\n').filter(Boolean);
  const before = (await pluggedNics(lab, 'vm-c')).length;
  try {
    const [none, driver] = [await vm.run(NETWORK, '--net=none', ...always), await vm.run(NETWORK, ...always)];
    // This container has no restart policy; the agent keeps its NIC.
    const unrestarted = await vm.run(NETWORK, '--net=none');
    const [address, unrestartedAddress] = [await vm.address(none), await vm.address(unrestarted)];
    await waitFor('an answer', () => vm.pings(driver, address ?? ''));

    await rebootVm(lab, 'vm-c', async () => {
      const errors = ['ovs-vsctl', '--bare', '--columns=error', 'find', 'Interface', 'error!=[]'];
      const rows = async () => (await vm.machine.must(errors)).split('\n').filter(Boolean);
      await waitFor('rows without veth pairs', async () => (await rows()).length === before + 3);
    });

    await waitFor('eth0 of the --net=none container', async () => (await vm.address(none)) === address);
    const other = await waitFor('eth0 of the driver’s container', () => vm.address(driver));
    await waitFor('an answer', () => vm.pings(none, other));
    await waitFor('an answer', () => vm.pings(driver, address ?? ''));
    await vm.docker('start', unrestarted);
    await waitFor(
      'eth0 of the container without a restart policy',
      async () => (await vm.address(unrestarted)) === unrestartedAddress,
    );
    await waitFor('an answer', () => vm.pings(unrestarted, address ?? ''));
    const { agent } = await expectBalancedBooks(lab, 'vm-c', api);
    expect(agent.nics).toHaveLength(before + 3);
  } finally {
    if (others.length > 0) await vm.docker('start', ...others);
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
});
