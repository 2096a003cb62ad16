import { openLab, pluggedNics, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { rebootVm } from '../../support/reboot-vm.ts';
import { stopNeutron } from '../../support/stop-neutron.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/**
 * Reboot of a whole VM while Neutron is away: scenarios 33 and 44, and the rebooted host of scenario 20. With
 * Neutron, the reboot is a part of the guest tests.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-b');
const other = new Vm(lab, 'vm-a');
const NETWORK = 'reboot';
const FIXED = '10.182.0.77';
let api: Api;
let network: Resource;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.182.0.0/24');
});
afterAll(() => api.delete('network', network.id));
leavesNoTraces(lab);

const portIds = async () =>
  (await api.list('port', `network_id=${network.id}`)).map(({ id }) => id).toSorted();

it('scenario 33, scenario 20, scenario 44: the VM is rebooted while Neutron is away: rows without veth pairs become NICs again for the containers with a restart policy, and no port is made twice', async () => {
  const always = ['--restart', 'always'];
  const others = (await vm.docker('ps', '--quiet')).split('\n').filter(Boolean);
  const before = (await pluggedNics(lab, 'vm-b')).length;
  let startNeutron = async () => {};
  try {
    const peer = await other.run(NETWORK, '--net=none');
    const [none, driver] = [await vm.run(NETWORK, '--net=none', ...always), await vm.run(NETWORK, ...always)];
    const fixed = await vm.run(NETWORK, ...always, '--ip', FIXED);
    // This container has no restart policy; the agent keeps its NIC.
    const unrestarted = await vm.run(NETWORK, '--net=none');
    const [address, unrestartedAddress] = [await vm.address(none), await vm.address(unrestarted)];
    await waitFor('an answer', () => other.pings(peer, FIXED));
    const ports = await portIds();

    startNeutron = await stopNeutron(lab);
    await rebootVm(lab, 'vm-b', async () => {
      const errors = ['ovs-vsctl', '--bare', '--columns=error', 'find', 'Interface', 'error!=[]'];
      const rows = async () => (await vm.machine.must(errors)).split('\n').filter(Boolean);
      await waitFor('rows without veth pairs', async () => (await rows()).length >= before + 4);
    });

    await waitFor('eth0 of the --net=none container', async () => (await vm.address(none)) === address);
    const driverAddress = await waitFor('eth0 of the driver’s container', () => vm.address(driver));
    expect(await vm.address(fixed)).toBe(FIXED);
    for (const to of [address ?? '', driverAddress, FIXED])
      await waitFor(`an answer of ${to}`, () => other.pings(peer, to));
    expect((await vm.ovnDocker(['status'])).stdout).toContain('Neutron has not answered');
    // Neutron would have to find the network.
    const refused = await vm.ovnDocker(['--network=unknown', 'run', '-d', '--net=none', 'busybox:local']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_API_UNREACHABLE]')]);

    await startNeutron();
    startNeutron = async () => {};
    const hasConfirmed = async () => !(await vm.ovnDocker(['status'])).stdout.includes('has not answered');
    await waitFor('Neutron to confirm the NICs', hasConfirmed);
    await vm.docker('start', unrestarted);
    await waitFor(
      'eth0 of the container without a restart policy',
      async () => (await vm.address(unrestarted)) === unrestartedAddress,
    );
    await waitFor('an answer', () => vm.pings(unrestarted, address ?? ''));
    expect(await portIds()).toEqual(ports);
    await expectBalancedBooks(lab, 'vm-b', api);
  } finally {
    await startNeutron();
    if (others.length > 0) await vm.docker('start', ...others);
    await vm.cleanUp();
    await other.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
});
