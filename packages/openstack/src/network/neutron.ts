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

/** Networking API v2.0 of one session's cloud, with that session's rights. */
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

  constructor(session: Session) {
    this.#session = session;
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

  /** What this cloud's Neutron can do beyond the core API. */
  async extensions(options: CallOptions = {}): Promise<Extension[]> {
    return (await this.#read('/extensions', 'extensions', options)) as Extension[];
  }

  /** Limits of a project; the session's own when not given. */
  async quota(projectId?: string, options: CallOptions = {}): Promise<Quota> {
    const project = projectId ?? (await this.ownProject(options));
    return (await this.#read(`/quotas/${encodeURIComponent(project)}`, 'quota', options)) as Quota;
  }

  /** Limits and use of a project; the session's own when not given. */
  async quotaDetails(projectId?: string, options: CallOptions = {}): Promise<QuotaDetails> {
    const project = projectId ?? (await this.ownProject(options));
    const path = `/quotas/${encodeURIComponent(project)}/details.json`;
    return (await this.#read(path, 'quota', options)) as QuotaDetails;
  }

  /** Id of the project that the session is scoped to; '' when it is scoped to none, but without one there is no catalog either. */
  async ownProject(options: CallOptions = {}): Promise<string> {
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
