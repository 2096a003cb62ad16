import { type AccessRule, type NetworkCall, networkRules } from '@ovn-docker/openstack';
import { allowedRequests } from './allowed-requests.ts';
import type { AllowedRequest } from './call.ts';

/** A request that the broker sends of its own accord. */
interface OwnRequest extends Pick<AllowedRequest, 'method' | 'path' | 'forNetworks'> {
  /** Why the broker sends it, for docs/broker.md. */
  readonly why: string;
}

/** What the broker sends to Neutron besides the requests that it passes on, and `invite` with it. */
export const ownRequests: readonly OwnRequest[] = [
  {
    method: 'GET',
    path: '/trunks/{id}',
    why: 'Whether the VM sees the trunk that it names as the marker of a page.',
  },
  {
    method: 'GET',
    path: '/subnetpools/{id}',
    forNetworks: true,
    why: 'Whether the VM sees the pool that it names for a new subnet, or as the marker of a page.',
  },
  { method: 'POST', path: '/trunks', why: '`invite` creates the trunk of a VM that has none.' },
];

/** What the credential of a broker is for. */
export interface Purpose {
  readonly projectId: string;
  /** Whether VMs may be invited `--with-networks`. */
  readonly withNetworks: boolean;
  /** The path of Neutron's URL in the catalog, such as `/networking`. */
  readonly endpointPath?: string;
}

/** The access rules with which a broker can serve and invite, and no others. */
export function accessRulesFor({ projectId, withNetworks, endpointPath = '' }: Purpose): AccessRule[] {
  const calls = [...allowedRequests, ...ownRequests]
    .filter(({ forNetworks }) => withNetworks || !forNetworks)
    .map(
      ({ method, path }): NetworkCall => ({
        method,
        path: `/v2.0${path.replace('{project}', projectId).replace('{id}', '*')}`,
      }),
    );
  return networkRules(calls, endpointPath);
}
