/**
 * The kinds of Keystone and Neutron that a lab can have: `embedded` is embedded-neutron, `openstack` the real
 * services with ML2/OVN. Both use the lab's OVN and serve the same addresses, so that the rest of the lab
 * works with either. The option `--cloud` and the tests' variable CLOUD choose one.
 */
export const apiKinds = ['embedded', 'openstack'] as const;

export type ApiKind = (typeof apiKinds)[number];
