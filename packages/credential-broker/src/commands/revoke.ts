import type { Config } from '../config.ts';
import { BrokerError } from '../errors.ts';
import { type Invitation, Invitations } from '../records/invitations.ts';

/**
 * Revokes an invitation, or all invitations of a VM. Every broker on the folder refuses the VM's next
 * request.
 *
 * @returns what is revoked now, whether this call did it or an earlier one
 * @throws BrokerError INVITATION_UNKNOWN, FOLDER_UNUSABLE
 */
export async function revoke({ folder }: Config, id: string): Promise<Invitation[]> {
  const invitations = new Invitations(folder);
  const found = (await invitations.all()).filter((each) => each.id === id || each.vif_id === id);
  if (found.length === 0)
    throw new BrokerError('INVITATION_UNKNOWN', `no invitation and no VM is called "${id}"`);
  for (const { id: invitation } of found) await invitations.revoke(invitation);
  return found;
}
