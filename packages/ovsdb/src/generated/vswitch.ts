// Generated from the schema of Open_vSwitch 8.3.1 by ovsdb-codegen. Do not edit.
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import type { Ref, Uuid } from '../schema/uuid.ts';

/** A row of Open_vSwitch. */
export interface VswitchOpenVSwitch {
  readonly _uuid: Uuid;
  readonly datapaths: Readonly<Record<string, Ref<'Datapath'>>>;
  readonly bridges: readonly Ref<'Bridge'>[];
  readonly manager_options: readonly Ref<'Manager'>[];
  readonly ssl: Ref<'SSL'> | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly next_cfg: number;
  readonly cur_cfg: number;
  readonly statistics: Readonly<Record<string, string>>;
  readonly ovs_version: string | undefined;
  readonly db_version: string | undefined;
  readonly system_type: string | undefined;
  readonly system_version: string | undefined;
  readonly datapath_types: readonly string[];
  readonly iface_types: readonly string[];
  readonly dpdk_initialized: boolean;
  readonly dpdk_version: string | undefined;
}

/** A row of Bridge. OVSDB deletes it when no other row refers to it. */
export interface VswitchBridge {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly datapath_type: string;
  readonly datapath_version: string;
  readonly datapath_id: string | undefined;
  readonly stp_enable: boolean;
  readonly rstp_enable: boolean;
  readonly mcast_snooping_enable: boolean;
  readonly ports: readonly Ref<'Port'>[];
  readonly mirrors: readonly Ref<'Mirror'>[];
  readonly netflow: Ref<'NetFlow'> | undefined;
  readonly sflow: Ref<'sFlow'> | undefined;
  readonly ipfix: Ref<'IPFIX'> | undefined;
  readonly controller: readonly Ref<'Controller'>[];
  readonly protocols: readonly ('OpenFlow10' | 'OpenFlow11' | 'OpenFlow12' | 'OpenFlow13' | 'OpenFlow14' | 'OpenFlow15')[];
  readonly fail_mode: 'standalone' | 'secure' | undefined;
  readonly status: Readonly<Record<string, string>>;
  readonly rstp_status: Readonly<Record<string, string>>;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly flood_vlans: readonly number[];
  readonly flow_tables: Readonly<Record<string, Ref<'Flow_Table'>>>;
  readonly auto_attach: Ref<'AutoAttach'> | undefined;
}

/** A row of Port. OVSDB deletes it when no other row refers to it. */
export interface VswitchPort {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly interfaces: readonly Ref<'Interface'>[];
  readonly trunks: readonly number[];
  readonly cvlans: readonly number[];
  readonly tag: number | undefined;
  readonly vlan_mode: 'trunk' | 'access' | 'native-tagged' | 'native-untagged' | 'dot1q-tunnel' | undefined;
  readonly qos: Ref<'QoS'> | undefined;
  readonly mac: string | undefined;
  readonly bond_mode: 'balance-tcp' | 'balance-slb' | 'active-backup' | undefined;
  readonly lacp: 'active' | 'passive' | 'off' | undefined;
  readonly bond_updelay: number;
  readonly bond_downdelay: number;
  readonly bond_active_slave: string | undefined;
  readonly bond_fake_iface: boolean;
  readonly fake_bridge: boolean;
  readonly status: Readonly<Record<string, string>>;
  readonly rstp_status: Readonly<Record<string, string>>;
  readonly rstp_statistics: Readonly<Record<string, number>>;
  readonly statistics: Readonly<Record<string, number>>;
  readonly protected: boolean;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Interface. OVSDB deletes it when no other row refers to it. */
export interface VswitchInterface {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly ingress_policing_rate: number;
  readonly ingress_policing_burst: number;
  readonly ingress_policing_kpkts_rate: number;
  readonly ingress_policing_kpkts_burst: number;
  readonly mac_in_use: string | undefined;
  readonly mac: string | undefined;
  readonly ifindex: number | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly ofport: number | undefined;
  readonly ofport_request: number | undefined;
  readonly bfd: Readonly<Record<string, string>>;
  readonly bfd_status: Readonly<Record<string, string>>;
  readonly cfm_mpid: number | undefined;
  readonly cfm_remote_mpids: readonly number[];
  readonly cfm_flap_count: number | undefined;
  readonly cfm_fault: boolean | undefined;
  readonly cfm_fault_status: readonly string[];
  readonly cfm_remote_opstate: 'up' | 'down' | undefined;
  readonly cfm_health: number | undefined;
  readonly lacp_current: boolean | undefined;
  readonly lldp: Readonly<Record<string, string>>;
  readonly other_config: Readonly<Record<string, string>>;
  readonly statistics: Readonly<Record<string, number>>;
  readonly status: Readonly<Record<string, string>>;
  readonly admin_state: 'up' | 'down' | undefined;
  readonly link_state: 'up' | 'down' | undefined;
  readonly link_resets: number | undefined;
  readonly link_speed: number | undefined;
  readonly duplex: 'half' | 'full' | undefined;
  readonly mtu: number | undefined;
  readonly mtu_request: number | undefined;
  readonly error: string | undefined;
}

/** A row of Flow_Table. OVSDB deletes it when no other row refers to it. */
export interface VswitchFlowTable {
  readonly _uuid: Uuid;
  readonly name: string | undefined;
  readonly flow_limit: number | undefined;
  readonly overflow_policy: 'refuse' | 'evict' | undefined;
  readonly groups: readonly string[];
  readonly prefixes: readonly string[];
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of QoS. */
export interface VswitchQoS {
  readonly _uuid: Uuid;
  readonly type: string;
  readonly queues: Readonly<Record<string, Ref<'Queue'>>>;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Queue. */
export interface VswitchQueue {
  readonly _uuid: Uuid;
  readonly dscp: number | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Mirror. OVSDB deletes it when no other row refers to it. */
export interface VswitchMirror {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly select_all: boolean;
  readonly select_src_port: readonly Ref<'Port'>[];
  readonly select_dst_port: readonly Ref<'Port'>[];
  readonly select_vlan: readonly number[];
  readonly output_port: Ref<'Port'> | undefined;
  readonly output_vlan: number | undefined;
  readonly snaplen: number | undefined;
  readonly statistics: Readonly<Record<string, number>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of NetFlow. OVSDB deletes it when no other row refers to it. */
export interface VswitchNetFlow {
  readonly _uuid: Uuid;
  readonly targets: readonly string[];
  readonly engine_type: number | undefined;
  readonly engine_id: number | undefined;
  readonly add_id_to_interface: boolean;
  readonly active_timeout: number;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of sFlow. OVSDB deletes it when no other row refers to it. */
export interface VswitchSFlow {
  readonly _uuid: Uuid;
  readonly targets: readonly string[];
  readonly sampling: number | undefined;
  readonly polling: number | undefined;
  readonly header: number | undefined;
  readonly agent: string | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of IPFIX. OVSDB deletes it when no other row refers to it. */
export interface VswitchIPFIX {
  readonly _uuid: Uuid;
  readonly targets: readonly string[];
  readonly sampling: number | undefined;
  readonly obs_domain_id: number | undefined;
  readonly obs_point_id: number | undefined;
  readonly cache_active_timeout: number | undefined;
  readonly cache_max_flows: number | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Flow_Sample_Collector_Set. */
export interface VswitchFlowSampleCollectorSet {
  readonly _uuid: Uuid;
  readonly id: number;
  readonly bridge: Ref<'Bridge'>;
  readonly ipfix: Ref<'IPFIX'> | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of Controller. OVSDB deletes it when no other row refers to it. */
export interface VswitchController {
  readonly _uuid: Uuid;
  readonly type: 'primary' | 'service' | undefined;
  readonly target: string;
  readonly max_backoff: number | undefined;
  readonly inactivity_probe: number | undefined;
  readonly connection_mode: 'in-band' | 'out-of-band' | undefined;
  readonly local_ip: string | undefined;
  readonly local_netmask: string | undefined;
  readonly local_gateway: string | undefined;
  readonly enable_async_messages: boolean | undefined;
  readonly controller_queue_size: number | undefined;
  readonly controller_rate_limit: number | undefined;
  readonly controller_burst_limit: number | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly is_connected: boolean;
  readonly role: 'other' | 'master' | 'slave' | undefined;
  readonly status: Readonly<Record<string, string>>;
}

/** A row of Manager. OVSDB deletes it when no other row refers to it. */
export interface VswitchManager {
  readonly _uuid: Uuid;
  readonly target: string;
  readonly max_backoff: number | undefined;
  readonly inactivity_probe: number | undefined;
  readonly connection_mode: 'in-band' | 'out-of-band' | undefined;
  readonly other_config: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
  readonly is_connected: boolean;
  readonly status: Readonly<Record<string, string>>;
}

/** A row of Datapath. OVSDB deletes it when no other row refers to it. */
export interface VswitchDatapath {
  readonly _uuid: Uuid;
  readonly datapath_version: string;
  readonly ct_zones: Readonly<Record<string, Ref<'CT_Zone'>>>;
  readonly capabilities: Readonly<Record<string, string>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of CT_Zone. OVSDB deletes it when no other row refers to it. */
export interface VswitchCTZone {
  readonly _uuid: Uuid;
  readonly timeout_policy: Ref<'CT_Timeout_Policy'> | undefined;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of CT_Timeout_Policy. OVSDB deletes it when no other row refers to it. */
export interface VswitchCTTimeoutPolicy {
  readonly _uuid: Uuid;
  readonly timeouts: Readonly<Record<string, number>>;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of SSL. OVSDB deletes it when no other row refers to it. */
export interface VswitchSSL {
  readonly _uuid: Uuid;
  readonly private_key: string;
  readonly certificate: string;
  readonly ca_cert: string;
  readonly bootstrap_ca_cert: boolean;
  readonly external_ids: Readonly<Record<string, string>>;
}

/** A row of AutoAttach. OVSDB deletes it when no other row refers to it. */
export interface VswitchAutoAttach {
  readonly _uuid: Uuid;
  readonly system_name: string;
  readonly system_description: string;
  readonly mappings: Readonly<Record<string, number>>;
}

/** The tables of Open_vSwitch. */
export interface VswitchTables {
  readonly Open_vSwitch: VswitchOpenVSwitch;
  readonly Bridge: VswitchBridge;
  readonly Port: VswitchPort;
  readonly Interface: VswitchInterface;
  readonly Flow_Table: VswitchFlowTable;
  readonly QoS: VswitchQoS;
  readonly Queue: VswitchQueue;
  readonly Mirror: VswitchMirror;
  readonly NetFlow: VswitchNetFlow;
  readonly sFlow: VswitchSFlow;
  readonly IPFIX: VswitchIPFIX;
  readonly Flow_Sample_Collector_Set: VswitchFlowSampleCollectorSet;
  readonly Controller: VswitchController;
  readonly Manager: VswitchManager;
  readonly Datapath: VswitchDatapath;
  readonly CT_Zone: VswitchCTZone;
  readonly CT_Timeout_Policy: VswitchCTTimeoutPolicy;
  readonly SSL: VswitchSSL;
  readonly AutoAttach: VswitchAutoAttach;
}

/** The schema of Open_vSwitch 8.3.1. */
export const vswitchSchema: DatabaseSchema<VswitchTables> = /* @__PURE__ */ parseSchema<VswitchTables>(
{"name":"Open_vSwitch","version":"8.3.1","cksum":"3012963480 26720","tables":{"Open_vSwitch":{"columns":{"datapaths":{"type":{"key":{"type":"string"},"value":{"type":"uuid","refTable":"Datapath"},"min":0,"max":"unlimited"}},"bridges":{"type":{"key":{"type":"uuid","refTable":"Bridge"},"min":0,"max":"unlimited"}},"manager_options":{"type":{"key":{"type":"uuid","refTable":"Manager"},"min":0,"max":"unlimited"}},"ssl":{"type":{"key":{"type":"uuid","refTable":"SSL"},"min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"next_cfg":{"type":"integer"},"cur_cfg":{"type":"integer"},"statistics":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"ovs_version":{"type":{"key":{"type":"string"},"min":0,"max":1}},"db_version":{"type":{"key":{"type":"string"},"min":0,"max":1}},"system_type":{"type":{"key":{"type":"string"},"min":0,"max":1}},"system_version":{"type":{"key":{"type":"string"},"min":0,"max":1}},"datapath_types":{"type":{"key":{"type":"string"},"min":0,"max":"unlimited"}},"iface_types":{"type":{"key":{"type":"string"},"min":0,"max":"unlimited"}},"dpdk_initialized":{"type":"boolean"},"dpdk_version":{"type":{"key":{"type":"string"},"min":0,"max":1}}},"isRoot":true,"maxRows":1},"Bridge":{"columns":{"name":{"type":"string","mutable":false},"datapath_type":{"type":"string"},"datapath_version":{"type":"string"},"datapath_id":{"type":{"key":"string","min":0,"max":1},"ephemeral":true},"stp_enable":{"type":"boolean"},"rstp_enable":{"type":"boolean"},"mcast_snooping_enable":{"type":"boolean"},"ports":{"type":{"key":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}},"mirrors":{"type":{"key":{"type":"uuid","refTable":"Mirror"},"min":0,"max":"unlimited"}},"netflow":{"type":{"key":{"type":"uuid","refTable":"NetFlow"},"min":0,"max":1}},"sflow":{"type":{"key":{"type":"uuid","refTable":"sFlow"},"min":0,"max":1}},"ipfix":{"type":{"key":{"type":"uuid","refTable":"IPFIX"},"min":0,"max":1}},"controller":{"type":{"key":{"type":"uuid","refTable":"Controller"},"min":0,"max":"unlimited"}},"protocols":{"type":{"key":{"type":"string","enum":["set",["OpenFlow10","OpenFlow11","OpenFlow12","OpenFlow13","OpenFlow14","OpenFlow15"]]},"min":0,"max":"unlimited"}},"fail_mode":{"type":{"key":{"type":"string","enum":["set",["standalone","secure"]]},"min":0,"max":1}},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"rstp_status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"flood_vlans":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},"flow_tables":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":254},"value":{"type":"uuid","refTable":"Flow_Table"},"min":0,"max":"unlimited"}},"auto_attach":{"type":{"key":{"type":"uuid","refTable":"AutoAttach"},"min":0,"max":1}}},"indexes":[["name"]]},"Port":{"columns":{"name":{"type":"string","mutable":false},"interfaces":{"type":{"key":{"type":"uuid","refTable":"Interface"},"min":1,"max":"unlimited"}},"trunks":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},"cvlans":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},"tag":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":1}},"vlan_mode":{"type":{"key":{"type":"string","enum":["set",["trunk","access","native-tagged","native-untagged","dot1q-tunnel"]]},"min":0,"max":1}},"qos":{"type":{"key":{"type":"uuid","refTable":"QoS"},"min":0,"max":1}},"mac":{"type":{"key":{"type":"string"},"min":0,"max":1}},"bond_mode":{"type":{"key":{"type":"string","enum":["set",["balance-tcp","balance-slb","active-backup"]]},"min":0,"max":1}},"lacp":{"type":{"key":{"type":"string","enum":["set",["active","passive","off"]]},"min":0,"max":1}},"bond_updelay":{"type":"integer"},"bond_downdelay":{"type":"integer"},"bond_active_slave":{"type":{"key":{"type":"string"},"min":0,"max":1}},"bond_fake_iface":{"type":"boolean"},"fake_bridge":{"type":"boolean"},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"rstp_status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"rstp_statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},"statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},"protected":{"type":"boolean"},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"indexes":[["name"]]},"Interface":{"columns":{"name":{"type":"string","mutable":false},"type":{"type":"string"},"options":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"ingress_policing_rate":{"type":{"key":{"type":"integer","minInteger":0}}},"ingress_policing_burst":{"type":{"key":{"type":"integer","minInteger":0}}},"ingress_policing_kpkts_rate":{"type":{"key":{"type":"integer","minInteger":0}}},"ingress_policing_kpkts_burst":{"type":{"key":{"type":"integer","minInteger":0}}},"mac_in_use":{"type":{"key":{"type":"string"},"min":0,"max":1},"ephemeral":true},"mac":{"type":{"key":{"type":"string"},"min":0,"max":1}},"ifindex":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":0,"max":1},"ephemeral":true},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"ofport":{"type":{"key":"integer","min":0,"max":1}},"ofport_request":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":65279},"min":0,"max":1}},"bfd":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"bfd_status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"cfm_mpid":{"type":{"key":{"type":"integer"},"min":0,"max":1}},"cfm_remote_mpids":{"type":{"key":{"type":"integer"},"min":0,"max":"unlimited"},"ephemeral":true},"cfm_flap_count":{"type":{"key":{"type":"integer"},"min":0,"max":1}},"cfm_fault":{"type":{"key":{"type":"boolean"},"min":0,"max":1},"ephemeral":true},"cfm_fault_status":{"type":{"key":"string","min":0,"max":"unlimited"},"ephemeral":true},"cfm_remote_opstate":{"type":{"key":{"type":"string","enum":["set",["up","down"]]},"min":0,"max":1},"ephemeral":true},"cfm_health":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":100},"min":0,"max":1},"ephemeral":true},"lacp_current":{"type":{"key":{"type":"boolean"},"min":0,"max":1},"ephemeral":true},"lldp":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true},"admin_state":{"type":{"key":{"type":"string","enum":["set",["up","down"]]},"min":0,"max":1},"ephemeral":true},"link_state":{"type":{"key":{"type":"string","enum":["set",["up","down"]]},"min":0,"max":1},"ephemeral":true},"link_resets":{"type":{"key":{"type":"integer"},"min":0,"max":1},"ephemeral":true},"link_speed":{"type":{"key":"integer","min":0,"max":1},"ephemeral":true},"duplex":{"type":{"key":{"type":"string","enum":["set",["half","full"]]},"min":0,"max":1},"ephemeral":true},"mtu":{"type":{"key":"integer","min":0,"max":1},"ephemeral":true},"mtu_request":{"type":{"key":{"type":"integer","minInteger":1},"min":0,"max":1}},"error":{"type":{"key":"string","min":0,"max":1}}},"indexes":[["name"]]},"Flow_Table":{"columns":{"name":{"type":{"key":"string","min":0,"max":1}},"flow_limit":{"type":{"key":{"type":"integer","minInteger":0},"min":0,"max":1}},"overflow_policy":{"type":{"key":{"type":"string","enum":["set",["refuse","evict"]]},"min":0,"max":1}},"groups":{"type":{"key":"string","min":0,"max":"unlimited"}},"prefixes":{"type":{"key":"string","min":0,"max":3}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"QoS":{"columns":{"type":{"type":"string"},"queues":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"value":{"type":"uuid","refTable":"Queue"},"min":0,"max":"unlimited"}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Queue":{"columns":{"dscp":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":63},"min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true},"Mirror":{"columns":{"name":{"type":"string"},"select_all":{"type":"boolean"},"select_src_port":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":"unlimited"}},"select_dst_port":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":"unlimited"}},"select_vlan":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":4096}},"output_port":{"type":{"key":{"type":"uuid","refTable":"Port","refType":"weak"},"min":0,"max":1}},"output_vlan":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4095},"min":0,"max":1}},"snaplen":{"type":{"key":{"type":"integer","minInteger":14,"maxInteger":65535},"min":0,"max":1}},"statistics":{"type":{"key":"string","value":"integer","min":0,"max":"unlimited"},"ephemeral":true},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"NetFlow":{"columns":{"targets":{"type":{"key":{"type":"string"},"min":1,"max":"unlimited"}},"engine_type":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":255},"min":0,"max":1}},"engine_id":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":255},"min":0,"max":1}},"add_id_to_interface":{"type":"boolean"},"active_timeout":{"type":{"key":{"type":"integer","minInteger":-1}}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"sFlow":{"columns":{"targets":{"type":{"key":"string","min":1,"max":"unlimited"}},"sampling":{"type":{"key":"integer","min":0,"max":1}},"polling":{"type":{"key":"integer","min":0,"max":1}},"header":{"type":{"key":"integer","min":0,"max":1}},"agent":{"type":{"key":"string","min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"IPFIX":{"columns":{"targets":{"type":{"key":"string","min":0,"max":"unlimited"}},"sampling":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":4294967295},"min":0,"max":1}},"obs_domain_id":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":0,"max":1}},"obs_point_id":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":0,"max":1}},"cache_active_timeout":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4200},"min":0,"max":1}},"cache_max_flows":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"Flow_Sample_Collector_Set":{"columns":{"id":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":1,"max":1}},"bridge":{"type":{"key":{"type":"uuid","refTable":"Bridge"},"min":1,"max":1}},"ipfix":{"type":{"key":{"type":"uuid","refTable":"IPFIX"},"min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"isRoot":true,"indexes":[["id","bridge"]]},"Controller":{"columns":{"type":{"type":{"key":{"type":"string","enum":["set",["primary","service"]]},"min":0,"max":1}},"target":{"type":"string"},"max_backoff":{"type":{"key":{"type":"integer","minInteger":1000},"min":0,"max":1}},"inactivity_probe":{"type":{"key":"integer","min":0,"max":1}},"connection_mode":{"type":{"key":{"type":"string","enum":["set",["in-band","out-of-band"]]},"min":0,"max":1}},"local_ip":{"type":{"key":{"type":"string"},"min":0,"max":1}},"local_netmask":{"type":{"key":{"type":"string"},"min":0,"max":1}},"local_gateway":{"type":{"key":{"type":"string"},"min":0,"max":1}},"enable_async_messages":{"type":{"key":{"type":"boolean"},"min":0,"max":1}},"controller_queue_size":{"type":{"key":{"type":"integer","minInteger":1,"maxInteger":512},"min":0,"max":1}},"controller_rate_limit":{"type":{"key":{"type":"integer","minInteger":100},"min":0,"max":1}},"controller_burst_limit":{"type":{"key":{"type":"integer","minInteger":25},"min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"is_connected":{"type":"boolean","ephemeral":true},"role":{"type":{"key":{"type":"string","enum":["set",["other","master","slave"]]},"min":0,"max":1},"ephemeral":true},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true}}},"Manager":{"columns":{"target":{"type":"string"},"max_backoff":{"type":{"key":{"type":"integer","minInteger":1000},"min":0,"max":1}},"inactivity_probe":{"type":{"key":"integer","min":0,"max":1}},"connection_mode":{"type":{"key":{"type":"string","enum":["set",["in-band","out-of-band"]]},"min":0,"max":1}},"other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"is_connected":{"type":"boolean","ephemeral":true},"status":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"},"ephemeral":true}},"indexes":[["target"]]},"Datapath":{"columns":{"datapath_version":{"type":"string"},"ct_zones":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":65535},"value":{"type":"uuid","refTable":"CT_Zone"},"min":0,"max":"unlimited"}},"capabilities":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"CT_Zone":{"columns":{"timeout_policy":{"type":{"key":{"type":"uuid","refTable":"CT_Timeout_Policy"},"min":0,"max":1}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"CT_Timeout_Policy":{"columns":{"timeouts":{"type":{"key":{"type":"string","enum":["set",["tcp_syn_sent","tcp_syn_recv","tcp_established","tcp_fin_wait","tcp_close_wait","tcp_last_ack","tcp_time_wait","tcp_close","tcp_syn_sent2","tcp_retransmit","tcp_unack","udp_first","udp_single","udp_multiple","icmp_first","icmp_reply"]]},"value":{"type":"integer","minInteger":0,"maxInteger":4294967295},"min":0,"max":"unlimited"}},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}},"SSL":{"columns":{"private_key":{"type":"string"},"certificate":{"type":"string"},"ca_cert":{"type":"string"},"bootstrap_ca_cert":{"type":"boolean"},"external_ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}},"maxRows":1},"AutoAttach":{"columns":{"system_name":{"type":"string"},"system_description":{"type":"string"},"mappings":{"type":{"key":{"type":"integer","minInteger":0,"maxInteger":16777215},"value":{"type":"integer","minInteger":0,"maxInteger":4095},"min":0,"max":"unlimited"}}}}}},
);
