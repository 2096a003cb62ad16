/**
 * What a lab's Keystone and Neutron can be: `embedded` is embedded-neutron, `openstack` the real ones with ML2/OVN. Both
 * work on the lab's own OVN and serve the same addresses, so that nothing else knows which it is.
 */
export const cloudNames = ['embedded', 'openstack'] as const;

export type CloudName = (typeof cloudNames)[number];
