import { randomBytes } from 'node:crypto';
import type { PluginClient } from './plugin-client.ts';

/** A Docker network of our driver, as Docker names it to the plugin. */
export interface DockerNetwork {
  readonly id: string;
  readonly poolId: string;
}

/** Agent time of one attach and of its way back, in milliseconds. */
export interface AttachTime {
  readonly attachMs: number;
  readonly detachMs: number;
}

/** An endpoint that is attached. */
export interface Attached {
  /** Agent time of the attach, in milliseconds. */
  readonly attachMs: number;
  /** Takes it away again. Returns the agent time of that, in milliseconds. */
  detach(): Promise<number>;
}

/** What dockerd calls for one container at `docker run`, without the container. */
export async function attachOne(
  plugin: PluginClient,
  network: DockerNetwork,
  address = '',
): Promise<Attached> {
  const endpoint = { NetworkID: network.id, EndpointID: randomBytes(32).toString('hex') };
  const asked = await plugin.call('IpamDriver.RequestAddress', {
    PoolID: network.poolId,
    Address: address,
    Options: null,
  });
  const given = String(asked.body['Address']);
  const created = await plugin.call('NetworkDriver.CreateEndpoint', {
    ...endpoint,
    Interface: { Address: given, AddressIPv6: '', MacAddress: '' },
    Options: {},
  });
  const joined = await plugin.call('NetworkDriver.Join', { ...endpoint, SandboxKey: '/bench', Options: {} });
  return {
    attachMs: asked.agentMs + created.agentMs + joined.agentMs,
    detach: async () => {
      const left = [
        await plugin.call('NetworkDriver.Leave', endpoint),
        await plugin.call('NetworkDriver.DeleteEndpoint', endpoint),
        await plugin.call('IpamDriver.ReleaseAddress', {
          PoolID: network.poolId,
          Address: given.split('/')[0] ?? '',
        }),
      ];
      return left.reduce((sum, { agentMs }) => sum + agentMs, 0);
    },
  };
}

/** What dockerd calls for one container from `docker run` to `docker rm`, without the container. */
export async function attachAndDetach(
  plugin: PluginClient,
  network: DockerNetwork,
  address = '',
): Promise<AttachTime> {
  const { attachMs, detach } = await attachOne(plugin, network, address);
  return { attachMs, detachMs: await detach() };
}
