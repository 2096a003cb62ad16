import { randomBytes } from 'node:crypto';
import type { PluginClient } from './plugin-client.ts';

/** A Docker network of the `ovn` driver, with the ids that dockerd sends to the driver. */
export interface DockerNetwork {
  readonly id: string;
  readonly ipamPoolId: string;
}

/** The agent's time for one attach and its detach, in milliseconds. */
export interface AttachTime {
  readonly attachMs: number;
  readonly detachMs: number;
}

/** An attached endpoint. */
export interface Attached {
  /** The agent's time for the attach, in milliseconds. */
  readonly attachMs: number;
  /** Detaches the endpoint. Returns the agent's time for it, in milliseconds. */
  detach(): Promise<number>;
}

/** Makes the calls that dockerd makes at `docker run`, without a container. */
export async function attachOne(
  plugin: PluginClient,
  network: DockerNetwork,
  address = '',
): Promise<Attached> {
  const endpoint = { NetworkID: network.id, EndpointID: randomBytes(32).toString('hex') };
  const requested = await plugin.call('IpamDriver.RequestAddress', {
    PoolID: network.ipamPoolId,
    Address: address,
    Options: null,
  });
  const assigned = String(requested.body['Address']);
  const created = await plugin.call('NetworkDriver.CreateEndpoint', {
    ...endpoint,
    Interface: { Address: assigned, AddressIPv6: '', MacAddress: '' },
    Options: {},
  });
  const joined = await plugin.call('NetworkDriver.Join', { ...endpoint, SandboxKey: '/bench', Options: {} });
  return {
    attachMs: requested.agentMs + created.agentMs + joined.agentMs,
    detach: async () => {
      const answers = [
        await plugin.call('NetworkDriver.Leave', endpoint),
        await plugin.call('NetworkDriver.DeleteEndpoint', endpoint),
        await plugin.call('IpamDriver.ReleaseAddress', {
          PoolID: network.ipamPoolId,
          Address: assigned.split('/')[0] ?? '',
        }),
      ];
      return answers.reduce((sum, { agentMs }) => sum + agentMs, 0);
    },
  };
}

/** Makes the calls that dockerd makes from `docker run` to `docker rm`, without a container. */
export async function attachAndDetach(
  plugin: PluginClient,
  network: DockerNetwork,
  address = '',
): Promise<AttachTime> {
  const { attachMs, detach } = await attachOne(plugin, network, address);
  return { attachMs, detachMs: await detach() };
}
