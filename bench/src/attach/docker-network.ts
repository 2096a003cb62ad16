import type { BenchLab } from './bench-lab.ts';
import type { DockerNetwork } from './calls.ts';

/**
 * Creates a network of alice with one subnet and, on that network, a Docker network of the `ovn` driver with
 * the same name.
 */
export async function createNetwork({ vm }: BenchLab, name: string, cidr: string): Promise<DockerNetwork> {
  await vm.must(['ovn-docker', 'create', 'network', name, '--subnet', cidr]);
  const option = `neutron.net.name=${name}`;
  const driver = ['-d', 'ovn', '--ipam-driver', 'ovn', '-o', option, '--ipam-opt', option];
  const id = (await vm.must(['docker', 'network', 'create', ...driver, name])).trim();
  const key = `external_ids:"ovn-docker:docker-network:${id}"`;
  const value = (await vm.must(['ovs-vsctl', 'get', 'bridge', 'br0', key])).replaceAll('\\', '');
  const subnet = /"subnets":\[\{"id":"([0-9a-f-]{36})/.exec(value)?.[1];
  if (!subnet) throw new Error(`the bridge row names no subnet: ${value}`);
  return { id, ipamPoolId: `subnet/${subnet}` };
}
