/** The ways of finding the VM's own port (docs/decisions/design.md, decision 6), in the order of trying. */
export const vifSources = ['given', 'certificate', 'metadata', 'neutron'] as const;

export type VifSource = (typeof vifSources)[number];
