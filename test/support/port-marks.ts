/** What of a port tells whose it is. */
export interface MarkedPort {
  readonly id: string;
  readonly name?: unknown;
  readonly description?: unknown;
  readonly tags?: unknown;
}

/**
 * Our marks on a port, as tags. A Neutron that drops the tags of new ports (ML2/OVN) has them in the description
 * (`ovn-docker:vif=ID`, `…:plain`) and the NIC's id at the end of the name.
 */
export function marksOf({ name, description, tags }: MarkedPort): string[] {
  const all = [...((tags ?? []) as string[])];
  const [, vif, plain] = /^(ovn-docker:vif=[^:]+)(:plain)?$/.exec(String(description ?? '')) ?? [];
  if (vif === undefined) return all;
  const nic = `ovn-docker:nic=${String(name).split(' ').at(-1)}`;
  return [...all, vif, nic, ...(plain ? ['ovn-docker:plain'] : [])];
}
