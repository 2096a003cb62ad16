/**
 * All keys that a user can set for ovn-docker, except those of the configuration file, whose schema is in
 * agent-config.ts. `check-labels.ts`, `check-environment.ts` and `networks/check-options.ts` compare users'
 * keys with these tables.
 */

/**
 * Options of `docker network create`: `-o` for the network driver, `--ipam-opt` for the IPAM driver. The
 * options of networks, subnets and subnet pools have kuryr-libnetwork's names, so that scripts written for it
 * keep working.
 */
export const optionNames = {
  networkId: 'neutron.net.uuid',
  networkName: 'neutron.net.name',
  /** Whether other projects see the new network. */
  shared: 'neutron.net.shared',
  subnetId: 'neutron.subnet.uuid',
  subnetName: 'neutron.subnet.name',
  v6SubnetId: 'neutron.subnet.v6.uuid',
  v6SubnetName: 'neutron.subnet.v6.name',
  subnetPoolId: 'neutron.pool.uuid',
  subnetPoolName: 'neutron.pool.name',
  v6SubnetPoolId: 'neutron.pool.v6.uuid',
  v6SubnetPoolName: 'neutron.pool.v6.name',
  /** Comma-separated names or ids of security groups that replace the project's default one. */
  securityGroups: 'neutron.security_groups',
  /** What becomes of containers that publish ports. */
  publish: 'neutron.publish',
  /** Docker's own name for this option. */
  mtu: 'com.docker.network.driver.mtu',
} as const;

/**
 * Options of one container on a network: `docker run --network name=NET,driver-opt=KEY=VALUE`, or
 * `driver_opts` below a service's network in a compose file.
 */
export const endpointOptionNames = {
  securityGroups: optionNames.securityGroups,
  publish: optionNames.publish,
  /** Docker's own name for this option (moby, libnetwork/netlabel: Ifname). */
  interfaceName: 'com.docker.network.endpoint.ifname',
} as const;

/** Labels on containers. */
export const containerLabels = {
  /** Set by `ovn-docker run --net=none`: the label of the NIC's claim. */
  nic: 'org.ovn-docker.nic',
  /** Set by users: names or ids of security groups to add to the container's ports, separated by commas. */
  securityGroups: 'org.ovn-docker.security-groups',
  /** Set by users: `true` on a container that is a DHCP server on purpose. */
  dhcpServer: 'org.ovn-docker.dhcp-server',
  /** Set by users: a check of the container's data path (`probe-label.ts`). */
  probe: 'org.ovn-docker.probe',
} as const;

/** The label of a Docker network that `ovn-docker run` made: the ids of its Neutron network and groups. */
export const DOCKER_NETWORK_LABEL = 'org.ovn-docker.network';

/** Prefixes of keys that only ovn-docker defines: an unknown key with one of them is a mistake. */
export const ownPrefixes: readonly string[] = ['neutron.', 'org.ovn-docker.', 'ovn-docker.', 'ovn.'];

/**
 * Prefix of Docker's own options. Docker passes them to every driver, and each driver ignores those of other
 * drivers (moby, libnetwork/netlabel).
 */
export const DOCKERS_PREFIX = 'com.docker.network.';

/** The agent's own variable; the OS_* variables below describe a cloud. */
export const VIF_ID_VARIABLE = 'OS_VIF_ID';

/**
 * The variables of OpenStack's clients that ovn-docker reads or that other clients read beside it
 * (python-openstackclient, "Configuration"; keystoneauth, "Plugin Options"). Other clients read further ones,
 * so an unknown variable is no mistake unless it is almost one of these.
 */
export const cloudVariables: readonly string[] = `
  OS_CLOUD OS_CLOUD_NAME OS_CLIENT_CONFIG_FILE OS_CLIENT_SECURE_FILE OS_PROFILE
  OS_AUTH_URL OS_ENDPOINT OS_AUTH_TYPE OS_AUTH_PLUGIN OS_TOKEN OS_AUTH_TOKEN OS_USERNAME OS_USER_NAME OS_USER_ID OS_PASSWORD
  OS_PROJECT_NAME OS_PROJECT_ID OS_TENANT_NAME OS_TENANT_ID OS_DOMAIN_NAME OS_DOMAIN_ID OS_TRUST_ID
  OS_USER_DOMAIN_NAME OS_USER_DOMAIN_ID OS_PROJECT_DOMAIN_NAME OS_PROJECT_DOMAIN_ID OS_SYSTEM_SCOPE
  OS_DEFAULT_DOMAIN OS_DEFAULT_DOMAIN_NAME OS_DEFAULT_DOMAIN_ID
  OS_APPLICATION_CREDENTIAL_ID OS_APPLICATION_CREDENTIAL_NAME OS_APPLICATION_CREDENTIAL_SECRET
  OS_REGION_NAME OS_INTERFACE OS_ENDPOINT_TYPE OS_CACERT OS_CERT OS_KEY OS_INSECURE OS_VERIFY OS_API_TIMEOUT
  OS_NETWORK_ENDPOINT_OVERRIDE OS_IDENTITY_API_VERSION OS_NETWORK_API_VERSION OS_COMPUTE_API_VERSION
  OS_IMAGE_API_VERSION OS_VOLUME_API_VERSION OS_PLACEMENT_API_VERSION OS_IDENTITY_PROVIDER OS_PROTOCOL
  ${VIF_ID_VARIABLE}`
  .trim()
  .split(/\s+/);
