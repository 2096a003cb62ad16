import type { OpenAttributes, StandardAttributes } from './types.ts';

/** An address of a port. */
export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

/** A requested address: any of a subnet, an exact one, or an exact one of a subnet. */
export interface FixedIpRequest {
  readonly subnet_id?: string;
  readonly ip_address?: string;
}

/** Extension `allowed-address-pairs`. */
export interface AddressPair {
  readonly ip_address: string;
  readonly mac_address?: string;
}

/**
 * Extension `binding`. On ML2/OVN, `parent_name` and `tag` nest the port below another port. Stock Neutron
 * lets only admins write the profile; embedded-neutron (extension `container-parent-binding`) lets tenants
 * write it too.
 */
export interface BindingProfile extends OpenAttributes {
  readonly parent_name?: string;
  /** The VLAN: 1 to 4095 in OVN, of which 1 to 4094 are usable. */
  readonly tag?: number;
}

/** A subport in the attributes of its trunk's parent port; extension `trunk-details`. */
export interface TrunkDetailsSubPort {
  readonly port_id: string;
  readonly segmentation_type: string;
  readonly segmentation_id: number;
  readonly mac_address: string;
}

/** Networking API v2.0, "Ports". */
export interface Port extends StandardAttributes {
  readonly name: string;
  readonly network_id: string;
  readonly mac_address: string;
  readonly admin_state_up: boolean;
  /** `ACTIVE`, `DOWN`, `BUILD`, `ERROR` or `N/A`. */
  readonly status: string;
  readonly device_id: string;
  /** For example `compute:nova` for a VM's port, `trunk:subport` for a subport. */
  readonly device_owner: string;
  readonly fixed_ips: readonly FixedIp[];
  readonly security_groups?: readonly string[];
  readonly port_security_enabled?: boolean;
  readonly allowed_address_pairs?: readonly AddressPair[];
  readonly 'binding:vnic_type'?: string;
  /** Only admins see the following three attributes. */
  readonly 'binding:profile'?: BindingProfile;
  readonly 'binding:host_id'?: string;
  readonly 'binding:vif_type'?: string;
  /** Only on the parent port of a trunk. */
  readonly trunk_details?: { readonly trunk_id: string; readonly sub_ports: readonly TrunkDetailsSubPort[] };
}

/** Attributes of a port that can be changed. */
export interface PortUpdate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
  readonly admin_state_up?: boolean;
  readonly device_id?: string;
  readonly device_owner?: string;
  readonly fixed_ips?: readonly FixedIpRequest[];
  readonly mac_address?: string;
  readonly security_groups?: readonly string[];
  readonly port_security_enabled?: boolean;
  readonly allowed_address_pairs?: readonly AddressPair[];
  readonly 'binding:profile'?: BindingProfile;
  readonly 'binding:host_id'?: string;
  readonly 'binding:vnic_type'?: string;
}

/** A new port. Without `fixed_ips` Neutron chooses one address for each IP version; `[]` means no address. */
export interface PortCreate extends PortUpdate {
  readonly network_id: string;
  readonly project_id?: string;
  /** Extension `standard-attr-tag`. After the creation use `replaceTags`. */
  readonly tags?: readonly string[];
}
