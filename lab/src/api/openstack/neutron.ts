import { installFile } from '../../machine/install-file.ts';
import type { Machine } from '../../machine/machine.ts';
import { management, ports, underlay, urls } from '../../topology.ts';
import { renderIni } from './ini.ts';
import { type Database, databaseUrl } from './mariadb.ts';

const CONFIG = ['/etc/neutron/neutron.conf', '/etc/neutron/plugins/ml2/ml2_conf.ini'] as const;
const configOptions = CONFIG.map((file) => `--config-file=${file}`);

/** Neutron's user in Keystone. */
export const NEUTRON_USER = 'neutron';

/**
 * Writes Neutron's configuration to the default paths (ML2/OVN with trunks, as operators set it up) and
 * creates its tables.
 */
export async function prepareNeutron(
  machine: Machine,
  database: Database,
  servicePassword: string,
): Promise<void> {
  await installFile(machine, CONFIG[0], neutronConf(database, servicePassword));
  await installFile(machine, CONFIG[1], ml2Conf());
  await machine.must(['mkdir', '-p', '/var/lib/neutron/lock']);
  await machine.must(['neutron-db-manage', ...configOptions, 'upgrade', 'heads'], { timeoutMs: 300_000 });
}

/** Starts or restarts Neutron and waits until it serves. */
export async function startNeutron(machine: Machine): Promise<void> {
  const before = machine.log('neutron-server').length;
  await machine.start('neutron-server', ['neutron-server', ...configOptions], { PYTHONWARNINGS: 'ignore' });
  await machine.waitForLog('neutron-server', 'wsgi starting up on', before, 180_000);
}

function neutronConf(database: Database, servicePassword: string): string {
  return renderIni({
    DEFAULT: {
      bind_host: management.api,
      bind_port: Number(new URL(urls.network).port),
      auth_strategy: 'keystone',
      core_plugin: 'ml2',
      service_plugins: 'ovn-router,trunk,segments,qos,port_forwarding',
      // With 0 workers, the process that watches OVN also serves the API, and the first POST hangs.
      api_workers: 1,
      rpc_workers: 0,
      rpc_state_report_workers: 0,
      // ML2/OVN needs no message queue, because OVN replaces Neutron's agents.
      transport_url: 'fake:/',
      state_path: '/var/lib/neutron',
      api_paste_config: '/etc/neutron/api-paste.ini',
      // The lab has no Nova to notify.
      notify_nova_on_port_status_changes: false,
      notify_nova_on_port_data_changes: false,
      dhcp_agent_notification: false,
    },
    database: { connection: databaseUrl(database), max_retries: -1 },
    keystone_authtoken: {
      www_authenticate_uri: urls.identity,
      auth_url: urls.identity,
      auth_type: 'password',
      username: NEUTRON_USER,
      password: servicePassword,
      project_name: 'service',
      user_domain_id: 'default',
      project_domain_id: 'default',
      region_name: 'RegionOne',
      service_token_roles_required: true,
      // Without it, Neutron refuses every application credential that has access rules.
      service_type: 'network',
    },
    oslo_concurrency: { lock_path: '/var/lib/neutron/lock' },
    oslo_messaging_notifications: { driver: 'noop' },
    quotas: {
      quota_network: 500,
      quota_subnet: 500,
      quota_port: 5000,
      quota_security_group: 500,
      quota_security_group_rule: 5000,
    },
  });
}

function ml2Conf(): string {
  return renderIni({
    ml2: {
      type_drivers: 'geneve,flat,vlan,local',
      tenant_network_types: 'geneve',
      mechanism_drivers: 'ovn',
      extension_drivers: 'port_security,qos,dns',
      overlay_ip_version: 4,
    },
    ml2_type_geneve: { vni_ranges: '1:65536', max_header_size: 38 },
    ml2_type_flat: { flat_networks: management.physicalNetwork },
    ml2_type_vlan: { network_vlan_ranges: `${management.physicalNetwork}:100:4000` },
    securitygroup: { enable_security_group: true },
    ovn: {
      ovn_nb_connection: `tcp:${underlay.central}:${ports.northbound}`,
      ovn_sb_connection: `tcp:${underlay.central}:${ports.southbound}`,
      // The metadata agent needs Nova, which the lab lacks. The VMs find their ports by MAC address instead.
      ovn_metadata_enabled: false,
      neutron_sync_mode: 'log',
    },
  });
}
