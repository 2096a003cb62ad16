/** How the VM's own port can be found (docs/decisions/design.md, decision 6), in the order in which the ways are tried. */
export const vifSources = ['given', 'metadata', 'neutron'] as const;

export type VifSource = (typeof vifSources)[number];
