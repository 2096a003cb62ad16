import { z } from 'zod';
import { readRecord } from '../clients/vm-switch/read-record.ts';
import type { PluggedPort, VmSwitch } from '../clients/vm-switch.ts';
import type { PluggedNic } from './nic.ts';
import { accessPortOf } from './row-identity.ts';

const PREFIX = 'ovn-docker:row:';

const schema = z.object({ vlan: z.int(), externalIds: z.record(z.string(), z.string()) });

type Records = Pick<VmSwitch, 'records' | 'writeRecords'>;

/**
 * Runs work that removes the rows of NICs and adds them again. Meanwhile records on the bridge's row stand in
 * for them: an agent that is killed in between and starts without Neutron would otherwise lose the NICs.
 */
export async function whileReplaced(
  vmSwitch: Records & Pick<VmSwitch, 'port'>,
  nics: readonly PluggedNic[],
  work: () => Promise<void>,
): Promise<void> {
  const records = nics.map(accessPortOf).flatMap(({ name, vlan, externalIds, notes }) => {
    if (!vmSwitch.port(name)) return [];
    return [[PREFIX + name, JSON.stringify({ vlan, externalIds: { ...externalIds, ...notes } })] as const];
  });
  if (records.length === 0) return await work();
  await vmSwitch.writeRecords(Object.fromEntries(records));
  await work().finally(() =>
    vmSwitch.writeRecords(Object.fromEntries(records.map(([key]) => [key, undefined]))),
  );
}

/** The bridge's ports, and those that an agent was replacing when it was killed. */
export function rowsAndReplaced(vmSwitch: Pick<VmSwitch, 'records' | 'ports'>): PluggedPort[] {
  const rows = vmSwitch.ports();
  const names = new Set(rows.map(({ name }) => name));
  const replaced = Object.entries(vmSwitch.records()).flatMap(([key, record]): PluggedPort[] => {
    const name = key.slice(PREFIX.length);
    if (!key.startsWith(PREFIX) || names.has(name)) return [];
    const row = readRecord(schema, record);
    return row ? [{ name, ...row, vlanMode: 'access', trunks: [], iface: undefined }] : [];
  });
  return [...rows, ...replaced];
}

/** Deletes the records that a killed agent has left. */
export async function forgetReplaced(vmSwitch: Records): Promise<void> {
  const stale = Object.keys(vmSwitch.records()).filter((key) => key.startsWith(PREFIX));
  if (stale.length > 0) await vmSwitch.writeRecords(Object.fromEntries(stale.map((key) => [key, undefined])));
}
