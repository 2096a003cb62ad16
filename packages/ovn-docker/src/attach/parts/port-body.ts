import type { FixedIpRequest, PortCreate } from '@ovn-docker/openstack';
import { containsAddress } from '../../addresses/cidr.ts';
import { portTags } from '../../nics/names.ts';
import { isPlain, type Nic } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';

/** The body of `POST /v2.0/ports` for a NIC (Networking API v2.0, "Create port"). */
export function portBody(nic: Nic, vm: Pick<Vm, 'vifId' | 'mode'>, vlan: number): PortCreate {
  const { network, securityGroups } = nic.target;
  const { name, mac } = nic.wants;
  return {
    network_id: network.id,
    name,
    tags: tagsOf(nic, vm),
    ...fixedIps(nic),
    ...(mac === undefined ? {} : { mac_address: mac }),
    ...(securityGroups === undefined ? {} : { security_groups: securityGroups }),
    ...(vm.mode === 'port-binding' ? { 'binding:profile': { parent_name: vm.vifId, tag: vlan } } : {}),
  };
}

/** The marks by which a port of ours is known. */
export function tagsOf(nic: Nic, vm: Pick<Vm, 'vifId'>): string[] {
  const marks = [portTags.ours, portTags.vif(vm.vifId), portTags.nic(nic.id)];
  if (isPlain(nic)) marks.push(portTags.plain);
  if (nic.wants.existing) marks.push(portTags.existing);
  return marks;
}

/**
 * Whether ports of this network cannot be made in one bulk request: Neutron answers 500 to bulk creation on a subnet with
 * SLAAC unless each port names its MAC address (seen with Neutron 21).
 */
export function mustBeMadeSingly({ target }: Nic): boolean {
  return target.subnets.some(
    ({ ipv6_address_mode: mode }) => mode === 'slaac' || mode === 'dhcpv6-stateless',
  );
}

/**
 * One address of each IP version, the wanted ones where there are such. When any subnet of the network will do, nothing is
 * said: Neutron then takes the first that has an address left.
 */
function fixedIps({ target, wants }: Nic): { fixed_ips?: FixedIpRequest[] } {
  const wanted = wants.addresses ?? [];
  const all = new Set(target.network.subnets);
  if (wanted.length === 0 && target.subnets.length === all.size) return {};
  const byVersion = new Map<number, FixedIpRequest>();
  for (const { id, cidr, ip_version: version } of target.subnets) {
    const address = wanted.find((ip) => containsAddress(cidr, ip));
    if (address === undefined && byVersion.has(version)) continue;
    byVersion.set(version, { subnet_id: id, ...(address === undefined ? {} : { ip_address: address }) });
  }
  return { fixed_ips: [...byVersion.values()] };
}
