/** Marks on Neutron ports, so that what we made is found again after a crash (docs/decisions/design.md, decision 1). */
export const portTags = {
  ours: 'ovn-docker',
  vif: (vifId: string) => `ovn-docker:vif=${vifId}`,
  nic: (nicId: string) => `ovn-docker:nic=${nicId}`,
  /** Nothing special was asked of it: it may go into the warm pool. */
  plain: 'ovn-docker:plain',
  /** It was there before us, and stays when its container goes. */
  existing: 'ovn-docker:existing',
} as const;

const NIC = portTags.nic('');

/** The NIC's id among a port's tags. */
export function nicIdOf(tags: readonly string[] | undefined): string | undefined {
  return tags?.find((tag) => tag.startsWith(NIC))?.slice(NIC.length);
}
