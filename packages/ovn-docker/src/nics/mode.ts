import type { Extension } from '@ovn-docker/openstack';

/**
 * How Neutron is told parent and tag (docs/decisions/design.md, decision 5).
 * - `trunk`: the port is created, then added to the VM's trunk as a subport. What a member may do on a stock OpenStack.
 * - `port-binding`: `binding:profile {parent_name, tag}` in the call that creates the port, the source document's own way.
 *   Stock Neutron allows it to admins only and checks nothing; embedded-neutron allows it to tenants and checks.
 */
export type ParentMode = 'trunk' | 'port-binding';

/** The extension by which a Neutron says that tenants may use `binding:profile` and that it checks the owner. */
export const PARENT_BINDING_EXTENSION = 'container-parent-binding';

/** @param wanted the configuration's choice; `auto` decides by what the API offers */
export function chooseMode(wanted: ParentMode | 'auto', extensions: readonly Extension[]): ParentMode {
  if (wanted !== 'auto') return wanted;
  return extensions.some(({ alias }) => alias === PARENT_BINDING_EXTENSION) ? 'port-binding' : 'trunk';
}
