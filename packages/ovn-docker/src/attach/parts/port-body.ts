import type { FixedIpRequest, PortCreate } from '@ovn-docker/openstack';
import { containsAddress } from '../../addresses/cidr.ts';
import { portTags } from '../../clients/neutron/port-tags.ts';
import { hasAutomaticAddresses } from '../../clients/neutron/subnets.ts';
import { isPlain, type Nic } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';

/** The body of `POST /v2.0/ports` for a NIC (Networking API v2.0, "Create port"). */
export function portBody(nic: Nic, vm: Pick<Vm, 'vifId' | 'parentLinks'>, vlan: number): PortCreate {
  const { network, securityGroups } = nic.target;
  const { name, mac } = nic.wants;
  const profile = vm.parentLinks.of(nic).profile(vlan);
  return {
    network_id: network.id,
    name,
    tags: tagsOf(nic, vm),
    ...fixedIps(nic),
    ...(mac === undefined ? {} : { mac_address: mac }),
    ...(securityGroups === undefined ? {} : { security_groups: securityGroups }),
    ...(profile === undefined ? {} : { 'binding:profile': profile }),
  };
}

/** The Neutron tags by which agents recognise a port as this VM's and this NIC's. */
export function tagsOf(nic: Nic, vm: Pick<Vm, 'vifId'>): string[] {
  const tags = [portTags.ours, portTags.vif(vm.vifId), portTags.nic(nic.id)];
  if (isPlain(nic)) tags.push(portTags.plain);
  if (nic.wants.existing) tags.push(portTags.existing);
  return tags;
}

/**
 * Whether ports of this network must be created one by one: on a subnet with SLAAC, Neutron 21 answers 500 to
 * a bulk request unless each port names its MAC address.
 */
export function mustBeMadeSingly({ target }: Nic): boolean {
  return target.subnets.some(hasAutomaticAddresses);
}

/**
 * One address of each IP version, the requested ones first. If every subnet of the network will do, the body
 * names none: Neutron then takes the first subnet that has an address left.
 */
function fixedIps({ target, wants }: Nic): { fixed_ips?: FixedIpRequest[] } {
  const requested = wants.addresses ?? [];
  const all = new Set(target.network.subnets);
  if (requested.length === 0 && target.subnets.length === all.size) return {};
  const byVersion = new Map<number, FixedIpRequest>();
  for (const { id, cidr, ip_version: version } of target.subnets) {
    const address = requested.find((ip) => containsAddress(cidr, ip));
    if (address === undefined && byVersion.has(version)) continue;
    byVersion.set(version, { subnet_id: id, ...(address === undefined ? {} : { ip_address: address }) });
  }
  return { fixed_ips: [...byVersion.values()] };
}
