import type { Port, PortCreate } from '@ovn-docker/openstack';
import { nicIdOf, portTags } from './port-tags.ts';

const VIF = portTags.vif('');
const PLAIN = ':plain';

/** Neutron's limit of a name, in characters. */
const NAME_LIMIT = 255;

/** `ovn-docker:vif=ID` or `ovn-docker:vif=ID:plain`: Neutron finds a description only as a whole. */
const DESCRIPTION = /^ovn-docker:vif=([^:]+)(:plain)?$/;
/** The port's name, then the NIC's id. Names are their owners' to change: one that we did not write says nothing. */
const NAME = /^(.*) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * The body of a port with our marks where no tags are kept: whose it is in the description, the NIC's id behind the name. Both
 * are written by the very call that makes the port.
 */
export function writeMarks({ tags = [], ...body }: PortCreate): PortCreate {
  const nicId = nicIdOf(tags);
  if (nicId === undefined) return body;
  const name = `${(body.name ?? '').slice(0, NAME_LIMIT - nicId.length - 1)} ${nicId}`;
  return { ...body, name, description: descriptionOf(tags) };
}

/** The description that says what these tags would say, without the NIC's id. */
export function descriptionOf(tags: readonly string[]): string {
  const vif = tags.find((tag) => tag.startsWith(VIF)) ?? '';
  return tags.includes(portTags.plain) ? vif + PLAIN : vif;
}

/** Every description that a port of this VM may have. */
export function descriptionsOf(vifTag: string): string[] {
  return [vifTag, vifTag + PLAIN];
}

/**
 * The port as it would be if Neutron had kept its tags, and with its own name. Tags that are there are newer than what is
 * written: a port that was there before us, or a Neutron that has learnt to keep them. A port that somebody has renamed is
 * ours all the same: it goes by its own id.
 */
export function readMarks(port: Port): Port {
  const { description, name = '', tags = [] } = port;
  const [, vifId, plain] = DESCRIPTION.exec(description ?? '') ?? [];
  if (vifId === undefined) return port;
  const [, ownName = name, nicId = port.id] = NAME.exec(name) ?? [];
  if (nicIdOf(tags) !== undefined) return { ...port, name: ownName };
  const marks = [portTags.ours, portTags.vif(vifId), portTags.nic(nicId), ...(plain ? [portTags.plain] : [])];
  return { ...port, name: ownName, tags: [...tags, ...marks] };
}
