import type { BenchLab } from './bench-lab.ts';
import type { DockerNetwork } from './calls.ts';

/** A network of alice's with one subnet, and a Docker network of our driver on it, under the same name. */
export async function createNetwork({ vm }: BenchLab, name: string, cidr: string): Promise<DockerNetwork> {
  await vm.must(['ovn-docker', 'create', 'network', name, '--subnet', cidr]);
  const named = `neutron.net.name=${name}`;
  const driver = ['-d', 'ovn', '--ipam-driver', 'ovn', '-o', named, '--ipam-opt', named];
  const id = (await vm.must(['docker', 'network', 'create', ...driver, name])).trim();
  const key = `external_ids:"ovn-docker:docker-network:${id}"`;
  const note = (await vm.must(['ovs-vsctl', 'get', 'bridge', 'br0', key])).replaceAll('\\', '');
  const subnet = /"subnets":\[\{"id":"([0-9a-f-]{36})/.exec(note)?.[1];
  if (!subnet) throw new Error(`no subnet is noted on the bridge: ${note}`);
  return { id, poolId: `subnet/${subnet}` };
}
