import type { Extension, NamedRef } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';

/**
 * How Neutron is told parent and tag (docs/decisions/design.md, decision 5).
 * - `trunk`: the port is created, then added to the VM's trunk as a subport. What a member may do on a stock OpenStack.
 * - `port-binding`: `binding:profile {parent_name, tag}` in the call that creates the port, the source document's own way.
 *   Stock Neutron allows it to admins only and checks nothing; embedded-neutron allows it to tenants and checks.
 */
export type ParentMode = 'trunk' | 'port-binding';

/** The extension by which a Neutron says that tenants may use `binding:profile` and that it checks the owner. */
export const PARENT_BINDING_EXTENSION = 'container-parent-binding';

/** Networking API v2.0, "Trunk networking": alias of the extension. */
export const TRUNK_EXTENSION = 'trunk';

/** Neutron's policy `create_port:binding:profile` is for this role, unless the operator has changed it. */
const ADMIN_ROLE = 'admin';

/** What decides about the mode. */
export interface Offer {
  readonly extensions: readonly Pick<Extension, 'alias'>[];
  /** Roles of the credential in its project, from the token. */
  readonly roles: readonly Pick<NamedRef, 'name'>[];
}

/**
 * The first way that Neutron offers to this credential: port binding for tenants, a trunk, port binding for an admin.
 * @param wanted the configuration's choice; `auto` decides by what is offered
 * @throws OvnDockerError `E_PARENT_MODE` when there is no way
 */
export function chooseMode(wanted: ParentMode | 'auto', { extensions, roles }: Offer): ParentMode {
  if (wanted !== 'auto') return wanted;
  const aliases = new Set(extensions.map(({ alias }) => alias));
  if (aliases.has(PARENT_BINDING_EXTENSION)) return 'port-binding';
  if (aliases.has(TRUNK_EXTENSION)) return 'trunk';
  if (isAdmin(roles)) return 'port-binding';
  const names = roles.map(({ name }) => name).join(', ') || 'none';
  throw new OvnDockerError(
    'E_PARENT_MODE',
    `this Neutron has no extension "${TRUNK_EXTENSION}", and the credential has no role "${ADMIN_ROLE}" (it has: ${names})`,
  );
}

/** Whether this credential may write `binding:profile`, as far as can be told without trying. */
export function mayBindPorts({ extensions, roles }: Offer): boolean {
  return extensions.some(({ alias }) => alias === PARENT_BINDING_EXTENSION) || isAdmin(roles);
}

function isAdmin(roles: Offer['roles']): boolean {
  return roles.some(({ name }) => name === ADMIN_ROLE);
}
