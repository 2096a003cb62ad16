/**
 * Neutron tags by which the agent finds its ports after a crash (docs/decisions/design.md, decision 1).
 */
export const portTags = {
  ours: 'ovn-docker',
  vif: (vifId: string) => `ovn-docker:vif=${vifId}`,
  nic: (nicId: string) => `ovn-docker:nic=${nicId}`,
  /** The user requested no address and no MAC address, so that the port may join a warm pool. */
  plain: 'ovn-docker:plain',
  /** A user created the port; it remains when its container ends. */
  existing: 'ovn-docker:existing',
} as const;

const NIC = portTags.nic('');

/** The NIC id in a port's tags; undefined when no tag contains one. */
export function nicIdOf(tags: readonly string[] | undefined): string | undefined {
  return tags?.find((tag) => tag.startsWith(NIC))?.slice(NIC.length);
}
