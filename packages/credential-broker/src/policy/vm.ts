import type { Port } from '@ovn-docker/openstack';
import type { Invitation } from '../records/invitations.ts';

/** The VM that sends a request: its certificate, invitation and source address are checked. */
export interface Vm {
  /** The id of its own port. */
  readonly id: string;
  readonly invitation: Invitation;
  /** Its own port in Neutron, at most as old as `ParentPorts` allows. */
  readonly parent: Port;
}
