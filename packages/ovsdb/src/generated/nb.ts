// Generated from the schema of OVN_Northbound 7.0.0 by ovsdb-codegen. Do not edit.
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import type { Ref, Uuid } from '../schema/uuid.ts';

/** A row of NB_Global. */
export interface NbNBGlobal {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly nb_cfg: number;
  readonly nb_cfg_timestamp: number;
  readonly sb_cfg: number;
  readonly sb_cfg_timestamp: number;
  readonly hv_cfg: number;
  readonly hv_cfg_timestamp: number;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly connections: readonly Ref<'Connection'>[];
  readonly ssl: Ref<'SSL'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly ipsec: boolean;
}

/** A row of Copp. */
export interface NbCopp {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly meters: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Logical_Switch. */
export interface NbLogicalSwitch {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly ports: readonly Ref<'Logical_Switch_Port'>[];
  readonly acls: readonly Ref<'ACL'>[];
  readonly qos_rules: readonly Ref<'QoS'>[];
  readonly load_balancer: readonly Ref<'Load_Balancer'>[];
  readonly load_balancer_group: readonly Ref<'Load_Balancer_Group'>[];
  readonly dns_records: readonly Ref<'DNS'>[];
  readonly copp: Ref<'Copp'> | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly forwarding_groups: readonly Ref<'Forwarding_Group'>[];
}

/** A row of Logical_Switch_Port. OVSDB deletes it when no other row refers to it. */
export interface NbLogicalSwitchPort {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly parent_name: string | undefined;
  readonly tag_request: number | undefined;
  readonly tag: number | undefined;
  readonly addresses: readonly string[];
  readonly dynamic_addresses: string | undefined;
  readonly port_security: readonly string[];
  readonly up: boolean | undefined;
  readonly enabled: boolean | undefined;
  readonly dhcpv4_options: Ref<'DHCP_Options'> | undefined;
  readonly dhcpv6_options: Ref<'DHCP_Options'> | undefined;
  readonly mirror_rules: readonly Ref<'Mirror'>[];
  readonly ha_chassis_group: Ref<'HA_Chassis_Group'> | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Forwarding_Group. OVSDB deletes it when no other row refers to it. */
export interface NbForwardingGroup {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly vip: string;
  readonly vmac: string;
  readonly liveness: boolean;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly child_port: readonly string[];
}

/** A row of Address_Set. */
export interface NbAddressSet {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Port_Group. */
export interface NbPortGroup {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly ports: readonly Ref<'Logical_Switch_Port'>[];
  readonly acls: readonly Ref<'ACL'>[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Load_Balancer. */
export interface NbLoadBalancer {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly vips: Readonly<Record<string, string>>;
  readonly protocol: 'tcp' | 'udp' | 'sctp' | undefined;
  readonly health_check: readonly Ref<'Load_Balancer_Health_Check'>[];
  readonly ip_port_mappings: Readonly<Record<string, string>>;
  readonly selection_fields: readonly ('eth_src' | 'eth_dst' | 'ip_src' | 'ip_dst' | 'tp_src' | 'tp_dst')[];
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Load_Balancer_Group. */
export interface NbLoadBalancerGroup {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly load_balancer: readonly Ref<'Load_Balancer'>[];
}

/** A row of Load_Balancer_Health_Check. OVSDB deletes it when no other row refers to it. */
export interface NbLoadBalancerHealthCheck {
  readonly _uuid: Uuid;
  readonly vip: string;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of ACL. OVSDB deletes it when no other row refers to it. */
export interface NbACL {
  readonly _uuid: Uuid;
  readonly name: string | undefined;
  readonly priority: number;
  readonly direction: 'from-lport' | 'to-lport';
  readonly match: string;
  readonly action: 'allow' | 'allow-related' | 'allow-stateless' | 'drop' | 'reject';
  readonly log: boolean;
  readonly severity: 'alert' | 'warning' | 'notice' | 'info' | 'debug' | undefined;
  readonly meter: string | undefined;
  readonly label: number;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of QoS. OVSDB deletes it when no other row refers to it. */
export interface NbQoS {
  readonly _uuid: Uuid;
  readonly priority: number;
  readonly direction: 'from-lport' | 'to-lport';
  readonly match: string;
  readonly action: Readonly<Record<string, number>>;
  readonly bandwidth: Readonly<Record<string, number>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Mirror. */
export interface NbMirror {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly filter: 'from-lport' | 'to-lport';
  readonly sink: string;
  readonly type: 'gre' | 'erspan';
  readonly index: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Meter. */
export interface NbMeter {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly unit: 'kbps' | 'pktps';
  readonly bands: readonly Ref<'Meter_Band'>[];
  readonly fair: boolean | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Meter_Band. OVSDB deletes it when no other row refers to it. */
export interface NbMeterBand {
  readonly _uuid: Uuid;
  readonly action: 'drop';
  readonly rate: number;
  readonly burst_size: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Logical_Router. */
export interface NbLogicalRouter {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly ports: readonly Ref<'Logical_Router_Port'>[];
  readonly static_routes: readonly Ref<'Logical_Router_Static_Route'>[];
  readonly policies: readonly Ref<'Logical_Router_Policy'>[];
  readonly enabled: boolean | undefined;
  readonly nat: readonly Ref<'NAT'>[];
  readonly load_balancer: readonly Ref<'Load_Balancer'>[];
  readonly load_balancer_group: readonly Ref<'Load_Balancer_Group'>[];
  readonly copp: Ref<'Copp'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Logical_Router_Port. OVSDB deletes it when no other row refers to it. */
export interface NbLogicalRouterPort {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly gateway_chassis: readonly Ref<'Gateway_Chassis'>[];
  readonly ha_chassis_group: Ref<'HA_Chassis_Group'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly mac: string;
  readonly peer: string | undefined;
  readonly enabled: boolean | undefined;
  readonly ipv6_ra_configs: Readonly<Record<string, string>>;
  readonly ipv6_prefix: readonly string[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Logical_Router_Static_Route. OVSDB deletes it when no other row refers to it. */
export interface NbLogicalRouterStaticRoute {
  readonly _uuid: Uuid;
  readonly route_table: string;
  readonly ip_prefix: string;
  readonly policy: 'src-ip' | 'dst-ip' | undefined;
  readonly nexthop: string;
  readonly output_port: string | undefined;
  readonly bfd: Ref<'BFD'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Logical_Router_Policy. OVSDB deletes it when no other row refers to it. */
export interface NbLogicalRouterPolicy {
  readonly _uuid: Uuid;
  readonly priority: number;
  readonly match: string;
  readonly action: 'allow' | 'drop' | 'reroute';
  readonly nexthop: string | undefined;
  readonly nexthops: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of NAT. OVSDB deletes it when no other row refers to it. */
export interface NbNAT {
  readonly _uuid: Uuid;
  readonly external_ip: string;
  readonly external_mac: string | undefined;
  readonly external_port_range: string;
  readonly logical_ip: string;
  readonly logical_port: string | undefined;
  readonly type: 'dnat' | 'snat' | 'dnat_and_snat';
  readonly allowed_ext_ips: Ref<'Address_Set'> | undefined;
  readonly exempted_ext_ips: Ref<'Address_Set'> | undefined;
  readonly gateway_port: Ref<'Logical_Router_Port'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of DHCP_Options. */
export interface NbDHCPOptions {
  readonly _uuid: Uuid;
  readonly cidr: string;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Connection. OVSDB deletes it when no other row refers to it. */
export interface NbConnection {
  readonly _uuid: Uuid;
  readonly target: string;
  readonly max_backoff: number | undefined;
  readonly inactivity_probe: number | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly is_connected: boolean;
  readonly status: Readonly<Record<string, string>>;
}

/** A row of DNS. */
export interface NbDNS {
  readonly _uuid: Uuid;
  readonly records: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of SSL. OVSDB deletes it when no other row refers to it. */
export interface NbSSL {
  readonly _uuid: Uuid;
  readonly private_key: string;
  readonly certificate: string;
  readonly ca_cert: string;
  readonly bootstrap_ca_cert: boolean;
  readonly ssl_protocols: string;
  readonly ssl_ciphers: string;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Gateway_Chassis. OVSDB deletes it when no other row refers to it. */
export interface NbGatewayChassis {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly chassis_name: string;
  readonly priority: number;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}

/** A row of HA_Chassis. OVSDB deletes it when no other row refers to it. */
export interface NbHAChassis {
  readonly _uuid: Uuid;
  readonly chassis_name: string;
  readonly priority: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of HA_Chassis_Group. */
export interface NbHAChassisGroup {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly ha_chassis: readonly Ref<'HA_Chassis'>[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of BFD. */
export interface NbBFD {
  readonly _uuid: Uuid;
  readonly logical_port: string;
  readonly dst_ip: string;
  readonly min_tx: number | undefined;
  readonly min_rx: number | undefined;
  readonly detect_mult: number | undefined;
  readonly status: 'down' | 'init' | 'up' | 'admin_down' | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}

/** A row of Static_MAC_Binding. */
export interface NbStaticMACBinding {
  readonly _uuid: Uuid;
  readonly logical_port: string;
  readonly ip: string;
  readonly mac: string;
  readonly override_dynamic_mac: boolean;
}

/** A row of Chassis_Template_Var. */
export interface NbChassisTemplateVar {
  readonly _uuid: Uuid;
  readonly chassis: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** The tables of OVN_Northbound. */
export interface NbTables {
  readonly NB_Global: NbNBGlobal;
  readonly Copp: NbCopp;
  readonly Logical_Switch: NbLogicalSwitch;
  readonly Logical_Switch_Port: NbLogicalSwitchPort;
  readonly Forwarding_Group: NbForwardingGroup;
  readonly Address_Set: NbAddressSet;
  readonly Port_Group: NbPortGroup;
  readonly Load_Balancer: NbLoadBalancer;
  readonly Load_Balancer_Group: NbLoadBalancerGroup;
  readonly Load_Balancer_Health_Check: NbLoadBalancerHealthCheck;
  readonly ACL: NbACL;
  readonly QoS: NbQoS;
  readonly Mirror: NbMirror;
  readonly Meter: NbMeter;
  readonly Meter_Band: NbMeterBand;
  readonly Logical_Router: NbLogicalRouter;
  readonly Logical_Router_Port: NbLogicalRouterPort;
  readonly Logical_Router_Static_Route: NbLogicalRouterStaticRoute;
  readonly Logical_Router_Policy: NbLogicalRouterPolicy;
  readonly NAT: NbNAT;
  readonly DHCP_Options: NbDHCPOptions;
  readonly Connection: NbConnection;
  readonly DNS: NbDNS;
  readonly SSL: NbSSL;
  readonly Gateway_Chassis: NbGatewayChassis;
  readonly HA_Chassis: NbHAChassis;
  readonly HA_Chassis_Group: NbHAChassisGroup;
  readonly BFD: NbBFD;
  readonly Static_MAC_Binding: NbStaticMACBinding;
  readonly Chassis_Template_Var: NbChassisTemplateVar;
}

/** The schema of OVN_Northbound 7.0.0. */
export const nbSchema: DatabaseSchema<NbTables> = /* @__PURE__ */ parseSchema<NbTables>(
{"name":"OVN_Northbound","version":"7.0.0","cksum":"94023179 33468","tables":{"NB_Global":{"columns":{"name":{"type":"string"},"nb_cfg":{"type":{"key":"integer"}},"nb_cfg_timestamp":{"type":{"key":"integer"}},"sb_cfg":{"type":{"key":"integer"}},"sb_cfg_timestamp":{"type":{"key":"integer"}},"hv_cfg":{"type":{"key":"integer"}},"hv_cfg_timestamp":{"type":{"key":"integer"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"connections":{"type":{"key":{"type":"uuid","refTable":"Connection"},"min":0,"max":"unlimited"}},"ssl":{"type":{"key":{"type":"uuid","refTable":"SSL"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"ipsec":{"type":"boolean"}},"maxRows":1,"isRoot":true},"Copp":{"columns":{"name":{"type":"string"},"meters":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Logical_Switch":{"columns":{"name":{"type":"string"},"ports":{"type":{"key":{"type":"uuid","refTable":"Logical_Switch_Port","refType":"strong"},"min":0,"max":"unlimited"}},"acls":{"type":{"key":{"type":"uuid","refTable":"ACL","refType":"strong"},"min":0,"max":"unlimited"}},"qos_rules":{"type":{"key":{"type":"uuid","refTable":"QoS","refType":"strong"},"min":0,"max":"unlimited"}},"load_balancer":{"type":{"key":{"type":"uuid","refTable":"Load_Balancer","refType":"weak"},"min":0,"max":"unlimited"}},"load_balancer_group":{"type":{"key":{"type":"uuid","refTable":"Load_Balancer_Group"},"min":0,"max":"unlimited"}},"dns_records":{"type":{"key":{"type":"uuid","refTable":"DNS","refType":"weak"},"min":0,"max":"unlimited"}},"copp":{"type":{"key":{"type":"uuid","refTable":"Copp","refType":"weak"},"min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"forwarding_groups":{"type":{"key":{"type":"uuid","refTable":"Forwarding_Group","refType":"strong"},"min":0,"max":"unlimited"}}},"isRoot":true},"Logical_Switch_Port":{"columns":{"name":{"type":"string"},"type":{"type":"string"},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"parent_name":{"type":{"key":"string","min":0,"max":1}},"tag_request":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":1}},"tag":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4095},"min":0,"max":1}},"addresses":{"type":{"key":"string","min":0,"max":"unlimited"}},"dynamic_addresses":{"type":{"key":"string","min":0,"max":1}},"port_security":{"type":{"key":"string","min":0,"max":"unlimited"}},"up":{"type":{"key":"boolean","min":0,"max":1}},"enabled":{"type":{"key":"boolean","min":0,"max":1}},"dhcpv4_options":{"type":{"key":{"type":"uuid","refTable":"DHCP_Options","refType":"weak"},"min":0,"max":1}},"dhcpv6_options":{"type":{"key":{"type":"uuid","refTable":"DHCP_Options","refType":"weak"},"min":0,"max":1}},"mirror_rules":{"type":{"key":{"type":"uuid","refTable":"Mirror","refType":"weak"},"min":0,"max":"unlimited"}},"ha_chassis_group":{"type":{"key":{"type":"uuid","refTable":"HA_Chassis_Group","refType":"strong"},"min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":false},"Forwarding_Group":{"columns":{"name":{"type":"string"},"vip":{"type":"string"},"vmac":{"type":"string"},"liveness":{"type":"boolean"},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"child_port":{"type":{"key":"string","min":1,"max":"unlimited"}}},"isRoot":false},"Address_Set":{"columns":{"name":{"type":"string"},"addresses":{"type":{"key":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Port_Group":{"columns":{"name":{"type":"string"},"ports":{"type":{"key":{"type":"uuid","refTable":"Logical_Switch_Port","refType":"weak"},"min":0,"max":"unlimited"}},"acls":{"type":{"key":{"type":"uuid","refTable":"ACL","refType":"strong"},"min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Load_Balancer":{"columns":{"name":{"type":"string"},"vips":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"protocol":{"type":{"key":{"type":"string","enum":["set",["tcp","udp","sctp"]]},"min":0,"max":1}},"health_check":{"type":{"key":{"type":"uuid","refTable":"Load_Balancer_Health_Check","refType":"strong"},"min":0,"max":"unlimited"}},"ip_port_mappings":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"selection_fields":{"type":{"key":{"type":"string","enum":["set",["eth_src","eth_dst","ip_src","ip_dst","tp_src","tp_dst"]]},"min":0,"max":"unlimited"}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Load_Balancer_Group":{"columns":{"name":{"type":"string"},"load_balancer":{"type":{"key":{"type":"uuid","refTable":"Load_Balancer","refType":"weak"},"min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Load_Balancer_Health_Check":{"columns":{"vip":{"type":"string"},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"ACL":{"columns":{"name":{"type":{"key":{"type":"string","maxLength":63},"min":0,"max":1}},"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"direction":{"type":{"key":{"type":"string","enum":["set",["from-lport","to-lport"]]}}},"match":{"type":"string"},"action":{"type":{"key":{"type":"string","enum":["set",["allow","allow-related","allow-stateless","drop","reject"]]}}},"log":{"type":"boolean"},"severity":{"type":{"key":{"type":"string","enum":["set",["alert","warning","notice","info","debug"]]},"min":0,"max":1}},"meter":{"type":{"key":"string","min":0,"max":1}},"label":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295}}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"QoS":{"columns":{"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"direction":{"type":{"key":{"type":"string","enum":["set",["from-lport","to-lport"]]}}},"match":{"type":"string"},"action":{"type":{"key":{"type":"string","enum":["set",["dscp"]]},"value":{"type":"integer","minInteger":0,"maxInteger":63},"min":0,"max":"unlimited"}},"bandwidth":{"type":{"key":{"type":"string","enum":["set",["rate","burst"]]},"value":{"type":"integer","minInteger":1,"maxInteger":4294967295},"min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"Mirror":{"columns":{"name":{"type":"string"},"filter":{"type":{"key":{"type":"string","enum":["set",["from-lport","to-lport"]]}}},"sink":{"type":"string"},"type":{"type":{"key":{"type":"string","enum":["set",["gre","erspan"]]}}},"index":{"type":"integer"},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Meter":{"columns":{"name":{"type":"string"},"unit":{"type":{"key":{"type":"string","enum":["set",["kbps","pktps"]]}}},"bands":{"type":{"key":{"type":"uuid","refTable":"Meter_Band","refType":"strong"},"min":1,"max":"unlimited"}},"fair":{"type":{"key":"boolean","min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Meter_Band":{"columns":{"action":{"type":{"key":{"type":"string","enum":["set",["drop"]]}}},"rate":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4294967295}}},"burst_size":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"Logical_Router":{"columns":{"name":{"type":"string"},"ports":{"type":{"key":{"type":"uuid","refTable":"Logical_Router_Port","refType":"strong"},"min":0,"max":"unlimited"}},"static_routes":{"type":{"key":{"type":"uuid","refTable":"Logical_Router_Static_Route","refType":"strong"},"min":0,"max":"unlimited"}},"policies":{"type":{"key":{"type":"uuid","refTable":"Logical_Router_Policy","refType":"strong"},"min":0,"max":"unlimited"}},"enabled":{"type":{"key":"boolean","min":0,"max":1}},"nat":{"type":{"key":{"type":"uuid","refTable":"NAT","refType":"strong"},"min":0,"max":"unlimited"}},"load_balancer":{"type":{"key":{"type":"uuid","refTable":"Load_Balancer","refType":"weak"},"min":0,"max":"unlimited"}},"load_balancer_group":{"type":{"key":{"type":"uuid","refTable":"Load_Balancer_Group"},"min":0,"max":"unlimited"}},"copp":{"type":{"key":{"type":"uuid","refTable":"Copp","refType":"weak"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Logical_Router_Port":{"columns":{"name":{"type":"string"},"gateway_chassis":{"type":{"key":{"type":"uuid","refTable":"Gateway_Chassis","refType":"strong"},"min":0,"max":"unlimited"}},"ha_chassis_group":{"type":{"key":{"type":"uuid","refTable":"HA_Chassis_Group","refType":"strong"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"networks":{"type":{"key":"string","min":1,"max":"unlimited"}},"mac":{"type":"string"},"peer":{"type":{"key":"string","min":0,"max":1}},"enabled":{"type":{"key":"boolean","min":0,"max":1}},"ipv6_ra_configs":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"ipv6_prefix":{"type":{"key":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":false},"Logical_Router_Static_Route":{"columns":{"route_table":{"type":"string"},"ip_prefix":{"type":"string"},"policy":{"type":{"key":{"type":"string","enum":["set",["src-ip","dst-ip"]]},"min":0,"max":1}},"nexthop":{"type":"string"},"output_port":{"type":{"key":"string","min":0,"max":1}},"bfd":{"type":{"key":{"type":"uuid","refTable":"BFD","refType":"weak"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"Logical_Router_Policy":{"columns":{"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"match":{"type":"string"},"action":{"type":{"key":{"type":"string","enum":["set",["allow","drop","reroute"]]}}},"nexthop":{"type":{"key":"string","min":0,"max":1}},"nexthops":{"type":{"key":"string","min":0,"max":"unlimited"}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"NAT":{"columns":{"external_ip":{"type":"string"},"external_mac":{"type":{"key":"string","min":0,"max":1}},"external_port_range":{"type":"string"},"logical_ip":{"type":"string"},"logical_port":{"type":{"key":"string","min":0,"max":1}},"type":{"type":{"key":{"type":"string","enum":["set",["dnat","snat","dnat_and_snat"]]}}},"allowed_ext_ips":{"type":{"key":{"type":"uuid","refTable":"Address_Set","refType":"strong"},"min":0,"max":1}},"exempted_ext_ips":{"type":{"key":{"type":"uuid","refTable":"Address_Set","refType":"strong"},"min":0,"max":1}},"gateway_port":{"type":{"key":{"type":"uuid","refTable":"Logical_Router_Port","refType":"weak"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"DHCP_Options":{"columns":{"cidr":{"type":"string"},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Connection":{"columns":{"target":{"type":"string"},"max_backoff":{"type":{"key":{"type":"integer","minInteger":1000},"min":0,"max":1}},"inactivity_probe":{"type":{"key":"integer","min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"is_connected":{"type":"boolean","ephemeral":true},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true}},"indexes":[["target"]]},"DNS":{"columns":{"records":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"SSL":{"columns":{"private_key":{"type":"string"},"certificate":{"type":"string"},"ca_cert":{"type":"string"},"bootstrap_ca_cert":{"type":"boolean"},"ssl_protocols":{"type":"string"},"ssl_ciphers":{"type":"string"},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"maxRows":1},"Gateway_Chassis":{"columns":{"name":{"type":"string"},"chassis_name":{"type":"string"},"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":false},"HA_Chassis":{"columns":{"chassis_name":{"type":"string"},"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"HA_Chassis_Group":{"columns":{"name":{"type":"string"},"ha_chassis":{"type":{"key":{"type":"uuid","refTable":"HA_Chassis","refType":"strong"},"min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"BFD":{"columns":{"logical_port":{"type":"string"},"dst_ip":{"type":"string"},"min_tx":{"type":{"key":{"type":"integer","minInteger":1},"min":0,"max":1}},"min_rx":{"type":{"key":{"type":"integer"},"min":0,"max":1}},"detect_mult":{"type":{"key":{"type":"integer","minInteger":1},"min":0,"max":1}},"status":{"type":{"key":{"type":"string","enum":["set",["down","init","up","admin_down"]]},"min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["logical_port","dst_ip"]],"isRoot":true},"Static_MAC_Binding":{"columns":{"logical_port":{"type":"string"},"ip":{"type":"string"},"mac":{"type":"string"},"override_dynamic_mac":{"type":"boolean"}},"indexes":[["logical_port","ip"]],"isRoot":true},"Chassis_Template_Var":{"columns":{"chassis":{"type":"string"},"variables":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["chassis"]],"isRoot":true}}},
);
