import type { Nic } from '../nics/nic.ts';
import type { Observation } from './observe.ts';

/** Records Neutron's status of each NIC's port, which `ovn-docker health` shows. */
export function recordStatus(nics: readonly Nic[], { ports }: Pick<Observation, 'ports'>): void {
  const statuses = new Map(ports.map(({ id, status }) => [id, status]));
  for (const nic of nics) {
    const status = statuses.get(nic.port?.id ?? '');
    if (status !== undefined) nic.status = status;
  }
}
