import type { OpenAttributes, StandardAttributes } from './types.ts';

/** Networking API v2.0, "Security group rules". */
export interface SecurityGroupRule extends StandardAttributes {
  readonly security_group_id: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** Name or number; null means any. */
  readonly protocol: string | null;
  /** First port of TCP and UDP; type of ICMP. */
  readonly port_range_min: number | null;
  /** Last port of TCP and UDP; code of ICMP. */
  readonly port_range_max: number | null;
  readonly remote_ip_prefix: string | null;
  readonly remote_group_id: string | null;
}

/** A new security group rule. Default `ethertype`: IPv4. */
export interface SecurityGroupRuleCreate extends OpenAttributes {
  readonly security_group_id: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype?: 'IPv4' | 'IPv6';
  readonly protocol?: string | null;
  readonly port_range_min?: number | null;
  readonly port_range_max?: number | null;
  readonly remote_ip_prefix?: string | null;
  readonly remote_group_id?: string | null;
  readonly description?: string;
  readonly project_id?: string;
}

/** Only the description of a rule can be changed, and only on some clouds. */
export interface SecurityGroupRuleUpdate extends OpenAttributes {
  readonly description?: string;
}

/** Networking API v2.0, "Security groups". */
export interface SecurityGroup extends StandardAttributes {
  readonly name: string;
  readonly security_group_rules: readonly SecurityGroupRule[];
  readonly stateful?: boolean;
  readonly shared?: boolean;
}

/** A new security group. */
export interface SecurityGroupCreate extends OpenAttributes {
  readonly name: string;
  readonly description?: string;
  readonly stateful?: boolean;
  readonly project_id?: string;
}

/** Attributes of a security group that can be changed. */
export interface SecurityGroupUpdate extends OpenAttributes {
  readonly name?: string;
  readonly description?: string;
}
