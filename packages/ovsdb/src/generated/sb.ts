// Generated from the schema of OVN_Southbound 20.27.0 by ovsdb-codegen. Do not edit.
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import type { Ref, Uuid } from '../schema/uuid.ts';

/** A row of SB_Global. */
export interface SbSBGlobal {
  readonly _uuid: Uuid;
  readonly nb_cfg: number;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly connections: readonly Ref<'Connection'>[];
  readonly ssl: Ref<'SSL'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly ipsec: boolean;
}

/** A row of Chassis. */
export interface SbChassis {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly hostname: string;
  readonly encaps: readonly Ref<'Encap'>[];
  readonly vtep_logical_switches: readonly string[];
  readonly nb_cfg: number;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly other_config: Readonly<Record<string, string>>;
  readonly transport_zones: readonly string[];
}

/** A row of Chassis_Private. */
export interface SbChassisPrivate {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly chassis: Ref<'Chassis'> | undefined;
  readonly nb_cfg: number;
  readonly nb_cfg_timestamp: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Encap. OVSDB deletes it when no other row refers to it. */
export interface SbEncap {
  readonly _uuid: Uuid;
  readonly type: 'geneve' | 'stt' | 'vxlan';
  readonly options: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly chassis_name: string;
}

/** A row of Address_Set. */
export interface SbAddressSet {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly addresses: readonly string[];
}

/** A row of Port_Group. */
export interface SbPortGroup {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly ports: readonly string[];
}

/** A row of Logical_Flow. */
export interface SbLogicalFlow {
  readonly _uuid: Uuid;
  readonly logical_datapath: Ref<'Datapath_Binding'> | undefined;
  readonly logical_dp_group: Ref<'Logical_DP_Group'> | undefined;
  readonly pipeline: 'ingress' | 'egress';
  readonly table_id: number;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly controller_meter: string | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Logical_DP_Group. OVSDB deletes it when no other row refers to it. */
export interface SbLogicalDPGroup {
  readonly _uuid: Uuid;
  readonly datapaths: readonly Ref<'Datapath_Binding'>[];
}

/** A row of Multicast_Group. */
export interface SbMulticastGroup {
  readonly _uuid: Uuid;
  readonly datapath: Ref<'Datapath_Binding'>;
  readonly name: string;
  readonly tunnel_key: number;
  readonly ports: readonly Ref<'Port_Binding'>[];
}

/** A row of Mirror. */
export interface SbMirror {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly filter: 'from-lport' | 'to-lport';
  readonly sink: string;
  readonly type: 'gre' | 'erspan';
  readonly index: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Meter. */
export interface SbMeter {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly unit: 'kbps' | 'pktps';
  readonly bands: readonly Ref<'Meter_Band'>[];
}

/** A row of Meter_Band. OVSDB deletes it when no other row refers to it. */
export interface SbMeterBand {
  readonly _uuid: Uuid;
  readonly action: 'drop';
  readonly rate: number;
  readonly burst_size: number;
}

/** A row of Datapath_Binding. */
export interface SbDatapathBinding {
  readonly _uuid: Uuid;
  readonly tunnel_key: number;
  readonly load_balancers: readonly Uuid[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Port_Binding. */
export interface SbPortBinding {
  readonly _uuid: Uuid;
  readonly logical_port: string;
  readonly type: string;
  readonly gateway_chassis: readonly Ref<'Gateway_Chassis'>[];
  readonly ha_chassis_group: Ref<'HA_Chassis_Group'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly datapath: Ref<'Datapath_Binding'>;
  readonly tunnel_key: number;
  readonly parent_port: string | undefined;
  readonly tag: number | undefined;
  readonly virtual_parent: string | undefined;
  readonly chassis: Ref<'Chassis'> | undefined;
  readonly additional_chassis: readonly Ref<'Chassis'>[];
  readonly encap: Ref<'Encap'> | undefined;
  readonly additional_encap: readonly Ref<'Encap'>[];
  readonly mirror_rules: readonly Ref<'Mirror'>[];
  readonly mac: readonly string[];
  readonly port_security: readonly string[];
  readonly nat_addresses: readonly string[];
  readonly up: boolean | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly requested_chassis: Ref<'Chassis'> | undefined;
  readonly requested_additional_chassis: readonly Ref<'Chassis'>[];
}

/** A row of MAC_Binding. */
export interface SbMACBinding {
  readonly _uuid: Uuid;
  readonly logical_port: string;
  readonly ip: string;
  readonly mac: string;
  readonly timestamp: number;
  readonly datapath: Ref<'Datapath_Binding'>;
}

/** A row of DHCP_Options. */
export interface SbDHCPOptions {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly code: number;
  readonly type: 'bool' | 'uint8' | 'uint16' | 'uint32' | 'ipv4' | 'static_routes' | 'str' | 'host_id' | 'domains';
}

/** A row of DHCPv6_Options. */
export interface SbDHCPv6Options {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly code: number;
  readonly type: 'ipv6' | 'str' | 'mac';
}

/** A row of Connection. OVSDB deletes it when no other row refers to it. */
export interface SbConnection {
  readonly _uuid: Uuid;
  readonly target: string;
  readonly max_backoff: number | undefined;
  readonly inactivity_probe: number | undefined;
  readonly read_only: boolean;
  readonly role: string;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly is_connected: boolean;
  readonly status: Readonly<Record<string, string>>;
}

/** A row of SSL. OVSDB deletes it when no other row refers to it. */
export interface SbSSL {
  readonly _uuid: Uuid;
  readonly private_key: string;
  readonly certificate: string;
  readonly ca_cert: string;
  readonly bootstrap_ca_cert: boolean;
  readonly ssl_protocols: string;
  readonly ssl_ciphers: string;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of DNS. */
export interface SbDNS {
  readonly _uuid: Uuid;
  readonly records: Readonly<Record<string, string>>;
  readonly datapaths: readonly Ref<'Datapath_Binding'>[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of RBAC_Role. */
export interface SbRBACRole {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly permissions: Readonly<Record<string, Ref<'RBAC_Permission'>>>;
}

/** A row of RBAC_Permission. */
export interface SbRBACPermission {
  readonly _uuid: Uuid;
  readonly table: string;
  readonly authorization: readonly string[];
  readonly insert_delete: boolean;
  readonly update: readonly string[];
}

/** A row of Gateway_Chassis. OVSDB deletes it when no other row refers to it. */
export interface SbGatewayChassis {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly chassis: Ref<'Chassis'> | undefined;
  readonly priority: number;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}

/** A row of HA_Chassis. OVSDB deletes it when no other row refers to it. */
export interface SbHAChassis {
  readonly _uuid: Uuid;
  readonly chassis: Ref<'Chassis'> | undefined;
  readonly priority: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of HA_Chassis_Group. */
export interface SbHAChassisGroup {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly ha_chassis: readonly Ref<'HA_Chassis'>[];
  readonly ref_chassis: readonly Ref<'Chassis'>[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Controller_Event. */
export interface SbControllerEvent {
  readonly _uuid: Uuid;
  readonly event_type: 'empty_lb_backends';
  readonly event_info: Readonly<Record<string, string>>;
  readonly chassis: Ref<'Chassis'> | undefined;
  readonly seq_num: number;
}

/** A row of IP_Multicast. */
export interface SbIPMulticast {
  readonly _uuid: Uuid;
  readonly datapath: Ref<'Datapath_Binding'>;
  readonly enabled: boolean | undefined;
  readonly querier: boolean | undefined;
  readonly eth_src: string;
  readonly ip4_src: string;
  readonly ip6_src: string;
  readonly table_size: number | undefined;
  readonly idle_timeout: number | undefined;
  readonly query_interval: number | undefined;
  readonly query_max_resp: number | undefined;
  readonly seq_no: number;
}

/** A row of IGMP_Group. */
export interface SbIGMPGroup {
  readonly _uuid: Uuid;
  readonly address: string;
  readonly datapath: Ref<'Datapath_Binding'> | undefined;
  readonly chassis: Ref<'Chassis'> | undefined;
  readonly ports: readonly Ref<'Port_Binding'>[];
}

/** A row of Service_Monitor. */
export interface SbServiceMonitor {
  readonly _uuid: Uuid;
  readonly ip: string;
  readonly protocol: 'tcp' | 'udp' | undefined;
  readonly port: number;
  readonly logical_port: string;
  readonly src_mac: string;
  readonly src_ip: string;
  readonly status: 'online' | 'offline' | 'error' | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Load_Balancer. */
export interface SbLoadBalancer {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly vips: Readonly<Record<string, string>>;
  readonly protocol: 'tcp' | 'udp' | 'sctp' | undefined;
  readonly datapaths: readonly Ref<'Datapath_Binding'>[];
  readonly datapath_group: Ref<'Logical_DP_Group'> | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of BFD. */
export interface SbBFD {
  readonly _uuid: Uuid;
  readonly src_port: number;
  readonly disc: number;
  readonly logical_port: string;
  readonly dst_ip: string;
  readonly min_tx: number;
  readonly min_rx: number;
  readonly detect_mult: number;
  readonly status: 'down' | 'init' | 'up' | 'admin_down';
  readonly external_ids: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}

/** A row of FDB. */
export interface SbFDB {
  readonly _uuid: Uuid;
  readonly mac: string;
  readonly dp_key: number;
  readonly port_key: number;
}

/** A row of Static_MAC_Binding. */
export interface SbStaticMACBinding {
  readonly _uuid: Uuid;
  readonly logical_port: string;
  readonly ip: string;
  readonly mac: string;
  readonly override_dynamic_mac: boolean;
  readonly datapath: Ref<'Datapath_Binding'>;
}

/** A row of Chassis_Template_Var. */
export interface SbChassisTemplateVar {
  readonly _uuid: Uuid;
  readonly chassis: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The tables of OVN_Southbound. */
export interface SbTables {
  readonly SB_Global: SbSBGlobal;
  readonly Chassis: SbChassis;
  readonly Chassis_Private: SbChassisPrivate;
  readonly Encap: SbEncap;
  readonly Address_Set: SbAddressSet;
  readonly Port_Group: SbPortGroup;
  readonly Logical_Flow: SbLogicalFlow;
  readonly Logical_DP_Group: SbLogicalDPGroup;
  readonly Multicast_Group: SbMulticastGroup;
  readonly Mirror: SbMirror;
  readonly Meter: SbMeter;
  readonly Meter_Band: SbMeterBand;
  readonly Datapath_Binding: SbDatapathBinding;
  readonly Port_Binding: SbPortBinding;
  readonly MAC_Binding: SbMACBinding;
  readonly DHCP_Options: SbDHCPOptions;
  readonly DHCPv6_Options: SbDHCPv6Options;
  readonly Connection: SbConnection;
  readonly SSL: SbSSL;
  readonly DNS: SbDNS;
  readonly RBAC_Role: SbRBACRole;
  readonly RBAC_Permission: SbRBACPermission;
  readonly Gateway_Chassis: SbGatewayChassis;
  readonly HA_Chassis: SbHAChassis;
  readonly HA_Chassis_Group: SbHAChassisGroup;
  readonly Controller_Event: SbControllerEvent;
  readonly IP_Multicast: SbIPMulticast;
  readonly IGMP_Group: SbIGMPGroup;
  readonly Service_Monitor: SbServiceMonitor;
  readonly Load_Balancer: SbLoadBalancer;
  readonly BFD: SbBFD;
  readonly FDB: SbFDB;
  readonly Static_MAC_Binding: SbStaticMACBinding;
  readonly Chassis_Template_Var: SbChassisTemplateVar;
}

/** The schema of OVN_Southbound 20.27.0. */
export const sbSchema: DatabaseSchema<SbTables> = /* @__PURE__ */ parseSchema<SbTables>(
{"name":"OVN_Southbound","version":"20.27.0","cksum":"4078371916 30328","tables":{"SB_Global":{"columns":{"nb_cfg":{"type":{"key":"integer"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"connections":{"type":{"key":{"type":"uuid","refTable":"Connection"},"min":0,"max":"unlimited"}},"ssl":{"type":{"key":{"type":"uuid","refTable":"SSL"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"ipsec":{"type":"boolean"}},"maxRows":1,"isRoot":true},"Chassis":{"columns":{"name":{"type":"string"},"hostname":{"type":"string"},"encaps":{"type":{"key":{"type":"uuid","refTable":"Encap"},"min":1,"max":"unlimited"}},"vtep_logical_switches":{"type":{"key":"string","min":0,"max":"unlimited"}},"nb_cfg":{"type":{"key":"integer"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"transport_zones":{"type":{"key":"string","min":0,"max":"unlimited"}}},"isRoot":true,"indexes":[["name"]]},"Chassis_Private":{"columns":{"name":{"type":"string"},"chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"nb_cfg":{"type":{"key":"integer"}},"nb_cfg_timestamp":{"type":{"key":"integer"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true,"indexes":[["name"]]},"Encap":{"columns":{"type":{"type":{"key":{"type":"string","enum":["set",["geneve","stt","vxlan"]]}}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"ip":{"type":"string"},"chassis_name":{"type":"string"}},"indexes":[["type","ip"]]},"Address_Set":{"columns":{"name":{"type":"string"},"addresses":{"type":{"key":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Port_Group":{"columns":{"name":{"type":"string"},"ports":{"type":{"key":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Logical_Flow":{"columns":{"logical_datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"},"min":0,"max":1}},"logical_dp_group":{"type":{"key":{"type":"uuid","refTable":"Logical_DP_Group"},"min":0,"max":1}},"pipeline":{"type":{"key":{"type":"string","enum":["set",["ingress","egress"]]}}},"table_id":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32}}},"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":65535}}},"match":{"type":"string"},"actions":{"type":"string"},"tags":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"controller_meter":{"type":{"key":{"type":"string"},"min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Logical_DP_Group":{"columns":{"datapaths":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding","refType":"weak"},"min":0,"max":"unlimited"}}},"isRoot":false},"Multicast_Group":{"columns":{"datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"}}},"name":{"type":"string"},"tunnel_key":{"type":{"key":{"type":"integer","minInteger":32768,"maxInteger":65535}}},"ports":{"type":{"key":{"type":"uuid","refTable":"Port_Binding","refType":"weak"},"min":0,"max":"unlimited"}}},"indexes":[["datapath","tunnel_key"],["datapath","name"]],"isRoot":true},"Mirror":{"columns":{"name":{"type":"string"},"filter":{"type":{"key":{"type":"string","enum":["set",["from-lport","to-lport"]]}}},"sink":{"type":"string"},"type":{"type":{"key":{"type":"string","enum":["set",["gre","erspan"]]}}},"index":{"type":"integer"},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Meter":{"columns":{"name":{"type":"string"},"unit":{"type":{"key":{"type":"string","enum":["set",["kbps","pktps"]]}}},"bands":{"type":{"key":{"type":"uuid","refTable":"Meter_Band","refType":"strong"},"min":1,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Meter_Band":{"columns":{"action":{"type":{"key":{"type":"string","enum":["set",["drop"]]}}},"rate":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4294967295}}},"burst_size":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295}}}},"isRoot":false},"Datapath_Binding":{"columns":{"tunnel_key":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":16777215}}},"load_balancers":{"type":{"key":{"type":"uuid"},"min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["tunnel_key"]],"isRoot":true},"Port_Binding":{"columns":{"logical_port":{"type":"string"},"type":{"type":"string"},"gateway_chassis":{"type":{"key":{"type":"uuid","refTable":"Gateway_Chassis","refType":"strong"},"min":0,"max":"unlimited"}},"ha_chassis_group":{"type":{"key":{"type":"uuid","refTable":"HA_Chassis_Group","refType":"strong"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"}}},"tunnel_key":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":32767}}},"parent_port":{"type":{"key":"string","min":0,"max":1}},"tag":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4095},"min":0,"max":1}},"virtual_parent":{"type":{"key":"string","min":0,"max":1}},"chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"additional_chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":"unlimited"}},"encap":{"type":{"key":{"type":"uuid","refTable":"Encap","refType":"weak"},"min":0,"max":1}},"additional_encap":{"type":{"key":{"type":"uuid","refTable":"Encap","refType":"weak"},"min":0,"max":"unlimited"}},"mirror_rules":{"type":{"key":{"type":"uuid","refTable":"Mirror","refType":"weak"},"min":0,"max":"unlimited"}},"mac":{"type":{"key":"string","min":0,"max":"unlimited"}},"port_security":{"type":{"key":"string","min":0,"max":"unlimited"}},"nat_addresses":{"type":{"key":"string","min":0,"max":"unlimited"}},"up":{"type":{"key":"boolean","min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"requested_chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"requested_additional_chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":"unlimited"}}},"indexes":[["datapath","tunnel_key"],["logical_port"]],"isRoot":true},"MAC_Binding":{"columns":{"logical_port":{"type":"string"},"ip":{"type":"string"},"mac":{"type":"string"},"timestamp":{"type":{"key":"integer"}},"datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"}}}},"indexes":[["logical_port","ip"]],"isRoot":true},"DHCP_Options":{"columns":{"name":{"type":"string"},"code":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":254}}},"type":{"type":{"key":{"type":"string","enum":["set",["bool","uint8","uint16","uint32","ipv4","static_routes","str","host_id","domains"]]}}}},"isRoot":true},"DHCPv6_Options":{"columns":{"name":{"type":"string"},"code":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":254}}},"type":{"type":{"key":{"type":"string","enum":["set",["ipv6","str","mac"]]}}}},"isRoot":true},"Connection":{"columns":{"target":{"type":"string"},"max_backoff":{"type":{"key":{"type":"integer","minInteger":1000},"min":0,"max":1}},"inactivity_probe":{"type":{"key":"integer","min":0,"max":1}},"read_only":{"type":"boolean"},"role":{"type":"string"},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"is_connected":{"type":"boolean","ephemeral":true},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true}},"indexes":[["target"]]},"SSL":{"columns":{"private_key":{"type":"string"},"certificate":{"type":"string"},"ca_cert":{"type":"string"},"bootstrap_ca_cert":{"type":"boolean"},"ssl_protocols":{"type":"string"},"ssl_ciphers":{"type":"string"},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"maxRows":1},"DNS":{"columns":{"records":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"datapaths":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"},"min":1,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"RBAC_Role":{"columns":{"name":{"type":"string"},"permissions":{"type":{"key":{"type":"string"},"value":{"type":"uuid","refTable":"RBAC_Permission","refType":"weak"},"min":0,"max":"unlimited"}}},"isRoot":true},"RBAC_Permission":{"columns":{"table":{"type":"string"},"authorization":{"type":{"key":"string","min":0,"max":"unlimited"}},"insert_delete":{"type":"boolean"},"update":{"type":{"key":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Gateway_Chassis":{"columns":{"name":{"type":"string"},"chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":false},"HA_Chassis":{"columns":{"chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"priority":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":32767}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":false},"HA_Chassis_Group":{"columns":{"name":{"type":"string"},"ha_chassis":{"type":{"key":{"type":"uuid","refTable":"HA_Chassis","refType":"strong"},"min":0,"max":"unlimited"}},"ref_chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]],"isRoot":true},"Controller_Event":{"columns":{"event_type":{"type":{"key":{"type":"string","enum":["set",["empty_lb_backends"]]}}},"event_info":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"seq_num":{"type":{"key":"integer"}}},"isRoot":true},"IP_Multicast":{"columns":{"datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding","refType":"weak"}}},"enabled":{"type":{"key":"boolean","min":0,"max":1}},"querier":{"type":{"key":"boolean","min":0,"max":1}},"eth_src":{"type":"string"},"ip4_src":{"type":"string"},"ip6_src":{"type":"string"},"table_size":{"type":{"key":"integer","min":0,"max":1}},"idle_timeout":{"type":{"key":"integer","min":0,"max":1}},"query_interval":{"type":{"key":"integer","min":0,"max":1}},"query_max_resp":{"type":{"key":"integer","min":0,"max":1}},"seq_no":{"type":"integer"}},"indexes":[["datapath"]],"isRoot":true},"IGMP_Group":{"columns":{"address":{"type":"string"},"datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding","refType":"weak"},"min":0,"max":1}},"chassis":{"type":{"key":{"type":"uuid","refTable":"Chassis","refType":"weak"},"min":0,"max":1}},"ports":{"type":{"key":{"type":"uuid","refTable":"Port_Binding","refType":"weak"},"min":0,"max":"unlimited"}}},"indexes":[["address","datapath","chassis"]],"isRoot":true},"Service_Monitor":{"columns":{"ip":{"type":"string"},"protocol":{"type":{"key":{"type":"string","enum":["set",["tcp","udp"]]},"min":0,"max":1}},"port":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":65535}}},"logical_port":{"type":"string"},"src_mac":{"type":"string"},"src_ip":{"type":"string"},"status":{"type":{"key":{"type":"string","enum":["set",["online","offline","error"]]},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["logical_port","ip","port","protocol"]],"isRoot":true},"Load_Balancer":{"columns":{"name":{"type":"string"},"vips":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"protocol":{"type":{"key":{"type":"string","enum":["set",["tcp","udp","sctp"]]},"min":0,"max":1}},"datapaths":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"},"min":0,"max":"unlimited"}},"datapath_group":{"type":{"key":{"type":"uuid","refTable":"Logical_DP_Group"},"min":0,"max":1}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"BFD":{"columns":{"src_port":{"type":{"key":{"type":"integer","minInteger":49152,"maxInteger":65535}}},"disc":{"type":{"key":{"type":"integer"}}},"logical_port":{"type":"string"},"dst_ip":{"type":"string"},"min_tx":{"type":{"key":{"type":"integer"}}},"min_rx":{"type":{"key":{"type":"integer"}}},"detect_mult":{"type":{"key":{"type":"integer"}}},"status":{"type":{"key":{"type":"string","enum":["set",["down","init","up","admin_down"]]}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["logical_port","dst_ip","src_port","disc"]],"isRoot":true},"FDB":{"columns":{"mac":{"type":"string"},"dp_key":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":16777215}}},"port_key":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":16777215}}}},"indexes":[["mac","dp_key"]],"isRoot":true},"Static_MAC_Binding":{"columns":{"logical_port":{"type":"string"},"ip":{"type":"string"},"mac":{"type":"string"},"override_dynamic_mac":{"type":"boolean"},"datapath":{"type":{"key":{"type":"uuid","refTable":"Datapath_Binding"}}}},"indexes":[["logical_port","ip"]],"isRoot":true},"Chassis_Template_Var":{"columns":{"chassis":{"type":"string"},"variables":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["chassis"]],"isRoot":true}}},
);
