import { openLab } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Api, type Resource } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Options of one container on a network, which Docker passes to CreateEndpoint. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const GROUP = 'endpoint-group';
let api: Api;
let group: Resource;
let network: string;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  group = await api.create('security_group', { name: GROUP });
});
afterAll(() => api.delete('security_group', group.id));

leavesNoTraces(lab);
beforeEach(async () => {
  network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', '10.148.0.0/24', 'endpoints');
});
afterEach(() => vm.tidy('endpoints'));

const onNetwork = (option: string) => ['--network', `name=endpoints,driver-opt=${option}`];
const groups = async () => {
  const ports = await containerPorts(api, (await api.networkOf(network))?.id ?? '');
  return ports.map((port) => port['security_groups']);
};

it('scenario 48: a container has the security groups of its endpoint instead of those of the network', async () => {
  const container = await vm.dockerRun(...onNetwork(`neutron.security_groups=${GROUP}`));
  expect(await groups()).toEqual([[group.id]]);
  await vm.docker('restart', container);
  expect(await groups()).toEqual([[group.id]]);
  const mac = '02:00:00:00:48:01';
  await vm.dockerRun(...onNetwork(`neutron.security_groups=${GROUP}`), '--mac-address', mac);
  expect(await groups()).toEqual([[group.id], [group.id]]);
});

it.each([
  ['neutron.security_groups=nowhere', 'E_SECURITY_GROUP_UNKNOWN'],
  ['neutron.security-groups=default', 'did you mean "neutron.security_groups"'],
  ['com.docker.network.endpoint.ifname=a/b', 'no name for an interface [E_NETWORK_OPTION]'],
  ['neutron.publish=no', 'E_NETWORK_OPTION'],
])('scenario 48: %s is refused, and nothing is left', async (option, words) => {
  expect(await vm.dockerRefusal('run', '--rm', ...onNetwork(option), IMAGE, 'true')).toContain(words);
  expect(await groups()).toEqual([]);
});
