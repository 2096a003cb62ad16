import type { OpenAttributes, StandardAttributes } from './types.ts';

/** An address of a port. */
export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

/** An address that is asked for: from a subnet, or exactly this one, or both. */
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
 * Extension `binding`. `parent_name` and `tag` make the port a nested one of another port on ML2/OVN: stock Neutron lets
 * admins only write it, embedded-neutron (extension `container-parent-binding`) tenants too.
 */
export interface BindingProfile extends OpenAttributes {
  readonly parent_name?: string;
  /** 1 to 4095 in OVN; 1 to 4094 are usable VLANs. */
  readonly tag?: number;
}

/** A subport as a trunk's parent port shows it; extension `trunk-details`. */
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
  /** `compute:nova` of a VM, `trunk:subport` of a subport, … */
  readonly device_owner: string;
  readonly fixed_ips: readonly FixedIp[];
  readonly security_groups?: readonly string[];
  readonly port_security_enabled?: boolean;
  readonly allowed_address_pairs?: readonly AddressPair[];
  readonly 'binding:vnic_type'?: string;
  /** The following three are shown to admins only. */
  readonly 'binding:profile'?: BindingProfile;
  readonly 'binding:host_id'?: string;
  readonly 'binding:vif_type'?: string;
  /** Only on the parent port of a trunk. */
  readonly trunk_details?: { readonly trunk_id: string; readonly sub_ports: readonly TrunkDetailsSubPort[] };
}

/** What a port may be changed to. */
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

/** A new port. Without `fixed_ips` Neutron chooses one address per IP version; `[]` asks for none. */
export interface PortCreate extends PortUpdate {
  readonly network_id: string;
  readonly project_id?: string;
  /** Extension `standard-attr-tag`: settable at creation; afterwards by `replaceTags`. */
  readonly tags?: readonly string[];
}
