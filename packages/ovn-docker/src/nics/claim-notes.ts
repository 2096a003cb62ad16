import { publishModes } from '../config/agent-config.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { rowKeys } from './names.ts';
import type { Claim, EndpointWishes } from './nic.ts';

type Notes = Readonly<Record<string, string>>;

/**
 * A claim as `external_ids` of the NIC's Port row in the VM's Open_vSwitch database. Returns every key of a
 * claim; an undefined value deletes the key from the row.
 */
export function claimNotes(claim: Claim | undefined): Record<string, string | undefined> {
  return {
    [rowKeys.claimed]: claim && new Date(claim.since).toISOString(),
    [rowKeys.label]: claim?.label,
    [rowKeys.endpoint]: claim?.endpointId,
    [rowKeys.container]: claim?.containerId,
    [rowKeys.dhcpServer]: claim?.servesDhcp ? 'true' : undefined,
    [rowKeys.promised]: joined(claim?.promised),
    [rowKeys.published]: claim?.published,
    [rowKeys.gateways]: joined(claim?.gateways),
    [rowKeys.interfaceName]: claim?.endpoint?.interfaceName,
    [rowKeys.publish]: claim?.endpoint?.publish,
  };
}

/** Reads the claim from a row's `external_ids`; undefined when the row carries none. */
export function readClaim(notes: Notes): Claim | undefined {
  const claimed = notes[rowKeys.claimed];
  if (claimed === undefined) return undefined;
  const since = Date.parse(claimed);
  const gateways = split(notes[rowKeys.gateways]);
  const endpoint = readWishes(notes);
  return {
    // An unreadable date counts as long ago. A date in the future is from before the clock was set back.
    since: Number.isNaN(since) ? 0 : Math.min(since, steadyNow()),
    promised: new Set(split(notes[rowKeys.promised])),
    ...pick('label', notes[rowKeys.label]),
    ...pick('endpointId', notes[rowKeys.endpoint]),
    ...pick('containerId', notes[rowKeys.container]),
    ...(notes[rowKeys.dhcpServer] === undefined ? {} : { servesDhcp: true }),
    ...pick('published', notes[rowKeys.published]),
    ...(gateways.length > 0 ? { gateways } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function readWishes(notes: Notes): EndpointWishes | undefined {
  const publish = publishModes.find((mode) => mode === notes[rowKeys.publish]);
  const interfaceName = notes[rowKeys.interfaceName];
  if (publish === undefined && interfaceName === undefined) return undefined;
  return { ...pick('interfaceName', interfaceName), ...(publish === undefined ? {} : { publish }) };
}

function joined(values: Iterable<string> = []): string | undefined {
  return [...values].join(' ') || undefined;
}

function split(text = ''): string[] {
  return text.split(' ').filter(Boolean);
}

function pick<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}
