import { z } from 'zod';
import { readRecord } from '../clients/vm-switch/read-record.ts';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { ParentMode } from './parent-link/parent-mode.ts';

const KEY = 'ovn-docker:vm';

const schema = z.object({
  vifId: z.string().min(1),
  mode: z.enum(['trunk', 'port-binding']),
  macs: z.array(z.string()),
  parentMtu: z.number().optional(),
});

/** What Neutron has said about the VM as a parent of containers. */
export interface ParentIdentity {
  /** Neutron's id of the VM's own port. */
  readonly vifId: string;
  readonly mode: ParentMode;
  /** MAC addresses, in lower case, of the uplink and of the bridge that carries the VM's address. */
  readonly macs: readonly string[];
  /** MTU of the network of the VM's own port; undefined when the project does not see that network. */
  readonly parentMtu?: number | undefined;
}

/** Records the VM's identity on the bridge's row, for an agent that starts while Neutron is away. */
export async function recordVm(
  vmSwitch: Pick<VmSwitch, 'records' | 'writeRecords'>,
  { vifId, mode, macs, parentMtu }: ParentIdentity,
): Promise<void> {
  const record = JSON.stringify({ vifId, mode, macs, parentMtu });
  if (vmSwitch.records()[KEY] !== record) await vmSwitch.writeRecords({ [KEY]: record });
}

/** Deletes a record that is wrong: the next life of the agent must not begin with it. */
export async function forgetVm(vmSwitch: Pick<VmSwitch, 'writeRecords'>): Promise<void> {
  await vmSwitch.writeRecords({ [KEY]: undefined });
}

/**
 * Reads the record; undefined when there is none, or when it is another VM's: a VM that was made from an
 * image of this one has a copy of its database, and other MAC addresses.
 */
export function readVm(
  vmSwitch: Pick<VmSwitch, 'records'>,
  macs: readonly string[],
): ParentIdentity | undefined {
  const identity = readRecord(schema, vmSwitch.records()[KEY]);
  return identity?.macs.some((mac) => macs.includes(mac)) ? { ...identity, macs } : undefined;
}
