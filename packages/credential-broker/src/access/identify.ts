import type { TLSSocket } from 'node:tls';
import { plainAddress } from '@ovn-docker/http-server';
import type { Port } from '@ovn-docker/openstack';
import type { ParentPorts } from '../cloud/parent-ports.ts';
import { Refusal } from '../errors.ts';
import type { Vm } from '../policy/vm.ts';
import type { Invitation, Invitations } from '../records/invitations.ts';
import { clientOf } from './client.ts';
import { isAmong } from './source-addresses.ts';

/** What the broker needs to recognise a VM. */
export interface Registry {
  readonly invitations: Invitations;
  readonly parents: ParentPorts;
}

/** A port whose addresses did not match is read again if it is older than this, in ms. */
const DOUBTFUL_MS = 2000;

/**
 * The VM that sends a request over this connection. Each request checks the invitation and its revocation in
 * the folder, so that a revocation counts for open connections too.
 *
 * @throws Refusal `certificate`, `revoked`, `source address`
 */
export async function identify(socket: TLSSocket, registry: Registry): Promise<Vm> {
  const { vifId, invitationId } = clientOf(socket);
  const [invitation, isRevoked] = await Promise.all([
    registry.invitations.find(invitationId),
    registry.invitations.isRevoked(invitationId),
  ]);
  if (invitation === undefined || isRevoked || invitation.vif_id !== vifId) {
    throw new Refusal('revoked', `the invitation ${invitationId} of VM ${vifId} was revoked`);
  }
  const parent = await requireSource(plainAddress(socket.remoteAddress), invitation, registry.parents);
  return { id: vifId, invitation, parent };
}

/**
 * Checks that an address is one of the VM's. Neutron's port security makes the fixed IPs of a port
 * unforgeable.
 *
 * @returns the VM's own port
 * @throws Refusal `source address`
 */
export async function requireSource(
  address: string,
  invitation: Invitation,
  parents: ParentPorts,
): Promise<Port> {
  const { vif_id: vifId, sources } = invitation;
  for (const withinMs of [undefined, DOUBTFUL_MS]) {
    const parent = await parents.get(vifId, withinMs);
    if (parent === undefined)
      throw new Refusal('source address', `Neutron has no port ${vifId} in the project`);
    const allowed = sources ?? parent.fixed_ips.map(({ ip_address }) => ip_address);
    if (isAmong(address, allowed)) return parent;
    if (sources !== null) break;
  }
  throw new Refusal('source address', `${address} is no address of VM ${vifId}`);
}
