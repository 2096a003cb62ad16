import type { Port, PortCreate } from '@ovn-docker/openstack';
import { nicIdOf, portTags } from './port-tags.ts';

const VIF = portTags.vif('');
const PLAIN = ':plain';

/** Neutron's limit for the length of a name, in characters. */
const NAME_LIMIT = 255;

/** `ovn-docker:vif=ID` or `ovn-docker:vif=ID:plain`; Neutron finds only whole descriptions. */
const DESCRIPTION = /^ovn-docker:vif=([^:]+)(:plain)?$/;
/** The port's name and the NIC's id. A user may rename a port; other names carry no NIC id. */
const NAME = /^(.*) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * Moves the tags of a new port to attributes that every Neutron keeps: the VM's tag to the description, the
 * NIC's id to the end of the name. The request that creates the port writes both.
 */
export function writeTags({ tags = [], ...body }: PortCreate): PortCreate {
  const nicId = nicIdOf(tags);
  if (nicId === undefined) return body;
  const name = `${(body.name ?? '').slice(0, NAME_LIMIT - nicId.length - 1)} ${nicId}`;
  return { ...body, name, description: descriptionOf(tags) };
}

/** The description for these tags; it contains everything except the NIC's id. */
export function descriptionOf(tags: readonly string[]): string {
  const vif = tags.find((tag) => tag.startsWith(VIF)) ?? '';
  return tags.includes(portTags.plain) ? vif + PLAIN : vif;
}

/** Every description that the ports of this VM may have. */
export function descriptionsOf(vifTag: string): string[] {
  return [vifTag, vifTag + PLAIN];
}

/**
 * The port as if Neutron had kept its tags, and without the NIC's id in its name. Tags with a NIC id take
 * precedence, because they are newer: the port is an existing one, or an upgraded Neutron keeps tags now. If
 * a user has renamed the port, the port's own id stands in for the NIC's id.
 */
export function readTags(port: Port): Port {
  const { description, name = '', tags = [] } = port;
  const [, vifId, plain] = DESCRIPTION.exec(description ?? '') ?? [];
  if (vifId === undefined) return port;
  const [, ownName = name, nicId = port.id] = NAME.exec(name) ?? [];
  if (nicIdOf(tags) !== undefined) return { ...port, name: ownName };
  const written = [
    portTags.ours,
    portTags.vif(vifId),
    portTags.nic(nicId),
    ...(plain ? [portTags.plain] : []),
  ];
  return { ...port, name: ownName, tags: [...tags, ...written] };
}
