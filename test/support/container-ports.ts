import type { Api, Resource } from './api.ts';

/** Values of `device_owner` of a container's port: empty, or set by the trunk that carries it. */
const OWNERS: readonly unknown[] = ['', 'trunk:subport'];

/**
 * The ports of containers on a network, in trunk and in port-binding mode; without ports for reserved
 * addresses.
 */
export async function containerPorts(api: Api, networkId: string): Promise<Resource[]> {
  // Filtered here, because Neutron ignores an empty `device_owner=`.
  const ports = await api.list('port', `network_id=${networkId}`);
  return ports.filter((port) => OWNERS.includes(port['device_owner']));
}
