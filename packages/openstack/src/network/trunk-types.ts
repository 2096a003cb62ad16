import type { OpenAttributes, StandardAttributes } from './types.ts';

/** A port that travels inside a trunk under a VLAN. Extension `trunk`. */
export interface SubPort {
  readonly port_id: string;
  /** `vlan`, or `inherit` from the subport's own network. */
  readonly segmentation_type: string;
  /** 1 to 4094. */
  readonly segmentation_id: number;
}

/** What identifies a subport when it is taken out of its trunk. */
export interface SubPortRef {
  readonly port_id: string;
}

/** Networking API v2.0, "Trunk networking". */
export interface Trunk extends StandardAttributes {
  readonly name: string;
  /** The parent port: the VM's VIF. */
  readonly port_id: string;
  /** An admin-down trunk refuses every change of its subports (409 TrunkDisabled). */
  readonly admin_state_up: boolean;
  /** `ACTIVE`, `DOWN`, `BUILD`, `DEGRADED` or `ERROR`. */
  readonly status: string;
  readonly sub_ports: readonly SubPort[];
}

export interface TrunkCreate extends OpenAttributes {
  readonly port_id: string;
  readonly name?: string;
  readonly description?: string;
  readonly project_id?: string;
  readonly admin_state_up?: boolean;
  readonly sub_ports?: readonly SubPort[];
}

export interface TrunkUpdate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
  readonly admin_state_up?: boolean;
}
