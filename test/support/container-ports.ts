import type { Api, Resource } from './api.ts';

/** Who a container's port belongs to: nobody, or the trunk that carries it. */
const OWNERS: readonly unknown[] = ['', 'trunk:subport'];

/** The ports of containers on a network, whichever way they are nested; not those that hold a reserved address. */
export async function containerPorts(api: Api, networkId: string): Promise<Resource[]> {
  // Filtered here: Neutron takes `device_owner=` for no filter at all.
  const all = await api.list('port', `network_id=${networkId}`);
  return all.filter((port) => OWNERS.includes(port['device_owner']));
}
