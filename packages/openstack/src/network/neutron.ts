import type { CallOptions } from '../call-options.ts';
import type { Session } from '../identity/session.ts';
import { RestCollection } from './collection.ts';
import type { Collection } from './collection-types.ts';
import type { Port, PortCreate, PortUpdate } from './port-types.ts';
import type {
  SecurityGroup,
  SecurityGroupCreate,
  SecurityGroupRule,
  SecurityGroupRuleCreate,
  SecurityGroupRuleUpdate,
  SecurityGroupUpdate,
} from './security-group-types.ts';
import { RestTrunks, type TrunkCollection } from './trunks.ts';
import type {
  Extension,
  Network,
  NetworkCreate,
  NetworkUpdate,
  Quota,
  QuotaDetails,
  Subnet,
  SubnetCreate,
  SubnetPool,
  SubnetPoolCreate,
  SubnetPoolUpdate,
  SubnetUpdate,
} from './types.ts';

/** Options of a {@link Neutron}. */
export interface NeutronOptions {
  /** Returns the id of the project, in place of a token. A session without Keystone needs it for quotas. */
  readonly ownProject?: () => Promise<string>;
}

/**
 * Client of Networking API v2.0 with the rights of one session. All bodies have the API's own attribute
 * names.
 *
 * @example
 * ```ts
 * import { loadCloudConfig, Neutron, Session } from '@ovn-docker/openstack';
 *
 * await using session = new Session(await loadCloudConfig({ env: process.env }));
 * const neutron = new Neutron(session);
 * const network = await neutron.networks.create({ name: 'web' });
 * await neutron.subnets.create({ network_id: network.id, ip_version: 4, cidr: '10.20.0.0/24' });
 * const port = await neutron.ports.create({ network_id: network.id });
 * console.log(port.mac_address, port.fixed_ips[0]?.ip_address);
 * ```
 */
export class Neutron {
  readonly networks: Collection<Network, NetworkCreate, NetworkUpdate>;
  readonly subnets: Collection<Subnet, SubnetCreate, SubnetUpdate>;
  readonly subnetPools: Collection<SubnetPool, SubnetPoolCreate, SubnetPoolUpdate>;
  readonly ports: Collection<Port, PortCreate, PortUpdate>;
  readonly trunks: TrunkCollection;
  readonly securityGroups: Collection<SecurityGroup, SecurityGroupCreate, SecurityGroupUpdate>;
  readonly securityGroupRules: Collection<
    SecurityGroupRule,
    SecurityGroupRuleCreate,
    SecurityGroupRuleUpdate
  >;
  readonly #session: Session;
  readonly #options: NeutronOptions;

  constructor(session: Session, options: NeutronOptions = {}) {
    this.#session = session;
    this.#options = options;
    this.networks = new RestCollection(session, { path: 'networks', key: 'networks', single: 'network' });
    this.subnets = new RestCollection(session, { path: 'subnets', key: 'subnets', single: 'subnet' });
    this.subnetPools = new RestCollection(session, {
      path: 'subnetpools',
      key: 'subnetpools',
      single: 'subnetpool',
    });
    this.ports = new RestCollection(session, { path: 'ports', key: 'ports', single: 'port' });
    this.trunks = new RestTrunks(session);
    this.securityGroups = new RestCollection(session, {
      path: 'security-groups',
      key: 'security_groups',
      single: 'security_group',
    });
    this.securityGroupRules = new RestCollection(session, {
      path: 'security-group-rules',
      key: 'security_group_rules',
      single: 'security_group_rule',
    });
  }

  /**
   * Returns the API extensions of this Neutron (Networking API v2.0, "Extensions").
   *
   * @example
   * ```ts
   * import type { Neutron } from '@ovn-docker/openstack';
   *
   * const hasTrunks = async (neutron: Neutron) =>
   *   (await neutron.extensions()).some(({ alias }) => alias === 'trunk');
   * ```
   */
  async extensions(options: CallOptions = {}): Promise<Extension[]> {
    return (await this.#read('/extensions', 'extensions', options)) as Extension[];
  }

  /**
   * Returns the quotas of a project, by default the session's own (Networking API v2.0, "Quotas extension").
   */
  async quota(projectId?: string, options: CallOptions = {}): Promise<Quota> {
    const project = projectId ?? (await this.ownProject(options));
    return (await this.#read(`/quotas/${encodeURIComponent(project)}`, 'quota', options)) as Quota;
  }

  /**
   * Returns the quotas of a project, by default the session's own, and how much of them is used (Networking
   * API v2.0, "Quotas extension", extension `quota_details`).
   *
   * @example
   * ```ts
   * import type { Neutron } from '@ovn-docker/openstack';
   *
   * async function freePorts(neutron: Neutron): Promise<number> {
   *   const { port } = await neutron.quotaDetails();
   *   if (port === undefined || port.limit === -1) return Number.POSITIVE_INFINITY;
   *   return port.limit - port.used - port.reserved;
   * }
   * ```
   */
  async quotaDetails(projectId?: string, options: CallOptions = {}): Promise<QuotaDetails> {
    const project = projectId ?? (await this.ownProject(options));
    const path = `/quotas/${encodeURIComponent(project)}/details.json`;
    return (await this.#read(path, 'quota', options)) as QuotaDetails;
  }

  /**
   * Returns the id of the project that the session's token is scoped to; '' for an unscoped token, which has
   * no catalog either. Without Keystone, {@link NeutronOptions.ownProject} answers.
   */
  async ownProject(options: CallOptions = {}): Promise<string> {
    if (this.#options.ownProject !== undefined) return await this.#options.ownProject();
    return (await this.#session.token(options)).project?.id ?? '';
  }

  async #read(path: string, key: string, options: CallOptions): Promise<unknown> {
    const answer = await this.#session.request({
      method: 'GET',
      service: 'network',
      path: `/v2.0${path}`,
      ...options,
    });
    return answer.member(key);
  }
}
