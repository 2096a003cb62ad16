/** The attributes of a Neutron port that carry the agent's Neutron tags. */
export interface TaggedPort {
  readonly id: string;
  readonly name?: unknown;
  readonly description?: unknown;
  readonly tags?: unknown;
}

/**
 * The Neutron tags of a port. ML2/OVN drops the tags of a new port, so the agent also writes them into the
 * description (`ovn-docker:vif=ID`, `…:plain`) and the NIC's id at the end of the name; these are returned as
 * tags.
 */
export function tagsOf({ name, description, tags }: TaggedPort): string[] {
  const all = [...((tags ?? []) as string[])];
  const [, vif, plain] = /^(ovn-docker:vif=[^:]+)(:plain)?$/.exec(String(description ?? '')) ?? [];
  if (vif === undefined) return all;
  const nic = `ovn-docker:nic=${String(name).split(' ').at(-1)}`;
  return [...all, vif, nic, ...(plain ? ['ovn-docker:plain'] : [])];
}
