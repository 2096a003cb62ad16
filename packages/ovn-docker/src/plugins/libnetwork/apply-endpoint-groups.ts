import { OvnDockerError } from '../../errors.ts';
import { release } from '../../lifecycle/release.ts';
import { replaceSecurityGroups } from '../../lifecycle/replace-security-groups.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Nic } from '../../nics/nic.ts';
import { haveSame } from '../../nics/plain-port.ts';

/**
 * Gives the port of an endpoint the security groups that the user names for this endpoint, instead of those
 * of the network. RequestAddress claimed the NIC before Docker named them; the container does not run yet. If
 * Neutron refuses, releases the NIC. A second call changes nothing.
 * @param ids ids of the groups; empty: the network's groups apply
 * @throws OvnDockerError `E_NETWORK_OPTION` when the port existed before: the agent does not change it
 */
export async function applyEndpointGroups(engine: Engine, nic: Nic, ids: readonly string[]): Promise<void> {
  if (ids.length === 0 || haveSame(nic.port?.security_groups, ids)) return;
  if (nic.wants.existing) {
    throw new OvnDockerError(
      'E_NETWORK_OPTION',
      `port ${nic.wants.existing.id} existed before and keeps its own security groups`,
      { hint: 'leave neutron.security_groups out, or set the groups of the port yourself' },
    );
  }
  try {
    await replaceSecurityGroups(engine, nic, { ...nic.target, securityGroups: ids });
  } catch (error) {
    await release(engine, nic);
    throw error;
  }
}
