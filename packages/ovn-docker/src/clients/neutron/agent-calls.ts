import { type AccessRule, isCallAllowed, networkRules } from '@ovn-docker/openstack';

/**
 * When the agent needs a call:
 * - `always`
 * - `trunk`: in trunk mode, on the VM's own trunk
 * - `networks`: to create and delete networks for Docker, which a user can do without
 * - `once`: only if the VM has no trunk yet; the user who makes a narrow credential creates the trunk
 */
type Need = 'always' | 'trunk' | 'networks' | 'once';

/** One kind of request of the agent to Neutron. */
interface AgentCall {
  readonly need: Need;
  readonly method: AccessRule['method'];
  /** Below the endpoint, as in an access rule; `{project}` and `{trunk}` stand for the VM's own. */
  readonly path: string;
}

/**
 * Every request that the agent and doctor send to Neutron, by the name of the client's method. The access
 * rules of a narrow credential follow from this table.
 */
export const agentCalls = {
  extensions: { need: 'always', method: 'GET', path: '/v2.0/extensions' },
  quotaDetails: { need: 'always', method: 'GET', path: '/v2.0/quotas/{project}/details.json' },
  'networks.all': { need: 'always', method: 'GET', path: '/v2.0/networks' },
  'networks.get': { need: 'always', method: 'GET', path: '/v2.0/networks/*' },
  'networks.create': { need: 'networks', method: 'POST', path: '/v2.0/networks' },
  'networks.delete': { need: 'networks', method: 'DELETE', path: '/v2.0/networks/*' },
  'subnets.all': { need: 'always', method: 'GET', path: '/v2.0/subnets' },
  'subnets.get': { need: 'always', method: 'GET', path: '/v2.0/subnets/*' },
  'subnets.create': { need: 'networks', method: 'POST', path: '/v2.0/subnets' },
  'subnetPools.all': { need: 'networks', method: 'GET', path: '/v2.0/subnetpools' },
  'ports.all': { need: 'always', method: 'GET', path: '/v2.0/ports' },
  'ports.get': { need: 'always', method: 'GET', path: '/v2.0/ports/*' },
  'ports.create': { need: 'always', method: 'POST', path: '/v2.0/ports' },
  'ports.createMany': { need: 'always', method: 'POST', path: '/v2.0/ports' },
  'ports.update': { need: 'always', method: 'PUT', path: '/v2.0/ports/*' },
  'ports.replaceTags': { need: 'always', method: 'PUT', path: '/v2.0/ports/*/tags' },
  'ports.delete': { need: 'always', method: 'DELETE', path: '/v2.0/ports/*' },
  'securityGroups.all': { need: 'always', method: 'GET', path: '/v2.0/security-groups' },
  'trunks.all': { need: 'always', method: 'GET', path: '/v2.0/trunks' },
  'trunks.create': { need: 'once', method: 'POST', path: '/v2.0/trunks' },
  'trunks.addSubports': { need: 'trunk', method: 'PUT', path: '/v2.0/trunks/{trunk}/add_subports' },
  'trunks.removeSubports': { need: 'trunk', method: 'PUT', path: '/v2.0/trunks/{trunk}/remove_subports' },
} as const satisfies Readonly<Record<string, AgentCall>>;

/** What a narrow credential is for. */
export interface Purpose {
  readonly projectId: string;
  /** The VM's trunk; absent if its agent works in mode port-binding. */
  readonly trunkId?: string | undefined;
  /** Whether the agent may create and delete networks. */
  readonly withNetworks?: boolean;
  /** The path of Neutron's URL in the catalog, such as `/networking`. */
  readonly endpointPath?: string;
}

/** The access rules with which an agent can work. */
export function accessRulesFor(purpose: Purpose): AccessRule[] {
  const { projectId, trunkId, withNetworks = false, endpointPath = '' } = purpose;
  const needed: Readonly<Record<Need, boolean>> = {
    always: true,
    trunk: trunkId !== undefined,
    networks: withNetworks,
    once: false,
  };
  const calls = Object.values<AgentCall>(agentCalls)
    .filter(({ need }) => needed[need])
    .map(({ method, path }) => ({
      method,
      path: path.replace('{project}', projectId).replace('{trunk}', trunkId ?? ''),
    }));
  return networkRules(calls, endpointPath);
}

/** The requests that an agent with this purpose sends, but that these access rules do not allow. */
export function missingCalls(rules: readonly AccessRule[], purpose: Purpose): string[] {
  const prefix = purpose.endpointPath ?? '';
  return accessRulesFor({ ...purpose, endpointPath: '' })
    .filter(({ service, method, path }) => {
      const paths = [path, prefix + path];
      return !paths.some((each) => isCallAllowed(rules, { service, method, path: each }));
    })
    .map(({ method, path }) => `${method} ${path}`);
}

/** The access rule with which a credential may read itself: others' ids cannot be guessed. */
export function ownExpiryRule(userId: string): AccessRule {
  return { service: 'identity', method: 'GET', path: `/v3/users/${userId}/application_credentials/*` };
}
