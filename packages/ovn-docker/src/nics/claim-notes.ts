import { rowKeys } from './names.ts';
import type { Claim } from './nic.ts';

type Notes = Readonly<Record<string, string>>;

/** A claim as `external_ids` of the NIC's Port row in the VM's Open_vSwitch database; every key of it, set or not. */
export function claimNotes(claim: Claim | undefined): Record<string, string | undefined> {
  return {
    [rowKeys.claimed]: claim && new Date(claim.since).toISOString(),
    [rowKeys.label]: claim?.label,
    [rowKeys.endpoint]: claim?.endpointId,
    [rowKeys.container]: claim?.containerId,
    [rowKeys.promised]: claim && claim.promised.size > 0 ? [...claim.promised].join(' ') : undefined,
  };
}

/** The claim that stands in a row's `external_ids`; undefined when nobody has the NIC. */
export function readClaim(notes: Notes): Claim | undefined {
  const claimed = notes[rowKeys.claimed];
  if (claimed === undefined) return undefined;
  const since = Date.parse(claimed);
  return {
    // A date that nobody can read is an old one.
    since: Number.isNaN(since) ? 0 : since,
    promised: new Set((notes[rowKeys.promised] ?? '').split(' ').filter(Boolean)),
    ...pick('label', notes[rowKeys.label]),
    ...pick('endpointId', notes[rowKeys.endpoint]),
    ...pick('containerId', notes[rowKeys.container]),
  };
}

function pick<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}
