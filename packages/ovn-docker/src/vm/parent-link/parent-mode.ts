import type { Extension, NamedRef } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';

/**
 * How Neutron learns a port's parent and VLAN (docs/decisions/design.md, decision 5).
 * - `trunk`: the agent creates the port and adds it to the VM's trunk as a subport. Members may do this on a
 *   stock OpenStack.
 * - `port-binding`: the request that creates the port carries `binding:profile {parent_name, tag}`, the
 *   source document's own way. Stock Neutron allows it to admins only and checks nothing; embedded-neutron
 *   allows it to members and checks who owns the parent.
 */
export type ParentMode = 'trunk' | 'port-binding';

/** Alias of the extension that lets members write `binding:profile` and checks who owns the parent. */
export const PARENT_BINDING_EXTENSION = 'container-parent-binding';

/** Networking API v2.0, "Trunk networking": alias of the extension. */
export const TRUNK_EXTENSION = 'trunk';

/** The role that Neutron's default policy `create_port:binding:profile` asks for. */
const ADMIN_ROLE = 'admin';

/** What Neutron offers to a credential. */
export interface Offer {
  readonly extensions: readonly Pick<Extension, 'alias'>[];
  /** Roles of the credential in its project, from the token. */
  readonly roles: readonly Pick<NamedRef, 'name'>[];
}

/**
 * The configured mode; with `auto`, the first that Neutron offers: port binding for members, a trunk, port
 * binding for an admin.
 * @throws OvnDockerError `E_PARENT_MODE` when Neutron offers none
 */
export function chooseMode(configured: ParentMode | 'auto', { extensions, roles }: Offer): ParentMode {
  if (configured !== 'auto') return configured;
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

/** Whether this credential should be allowed to write `binding:profile`; only a request would prove it. */
export function mayBindPorts({ extensions, roles }: Offer): boolean {
  return extensions.some(({ alias }) => alias === PARENT_BINDING_EXTENSION) || isAdmin(roles);
}

function isAdmin(roles: Offer['roles']): boolean {
  return roles.some(({ name }) => name === ADMIN_ROLE);
}
