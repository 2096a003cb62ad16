import type { OpenAttributes, StandardAttributes } from './types.ts';

/** A port whose frames have a VLAN on the trunk's parent port. Extension `trunk`. */
export interface SubPort {
  readonly port_id: string;
  /** `vlan`, or `inherit` for the segmentation of the subport's network. */
  readonly segmentation_type: string;
  /** The VLAN: 1 to 4094. */
  readonly segmentation_id: number;
}

/** Identifies a subport when it is removed from its trunk. */
export interface SubPortRef {
  readonly port_id: string;
}

/** Networking API v2.0, "Trunk networking". */
export interface Trunk extends StandardAttributes {
  readonly name: string;
  /** The parent port: the VM's own port. */
  readonly port_id: string;
  /** If false, Neutron refuses every change of the subports (409 TrunkDisabled). */
  readonly admin_state_up: boolean;
  /** `ACTIVE`, `DOWN`, `BUILD`, `DEGRADED` or `ERROR`. */
  readonly status: string;
  readonly sub_ports: readonly SubPort[];
}

/** A new trunk. */
export interface TrunkCreate extends OpenAttributes {
  readonly port_id: string;
  readonly name?: string;
  readonly description?: string;
  readonly project_id?: string;
  readonly admin_state_up?: boolean;
  readonly sub_ports?: readonly SubPort[];
}

/** Attributes of a trunk that can be changed. */
export interface TrunkUpdate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
  readonly admin_state_up?: boolean;
}
