import { malformed } from '../errors.ts';
import { encodeMatch, readMatch } from '../match/match.ts';
import { u8, u16, u32 } from '../wire/bytes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Flow, FlowFilter } from './flow.ts';
import { readInstructions } from './instructions.ts';
import { Port } from './ports.ts';

/** ofp_flow_monitor_flags (OpenFlow 1.4 §7.3.5.17) */
const WATCH_ADDED = 1 << 1;
const WATCH_REMOVED = 1 << 2;
const WATCH_MODIFIED = 1 << 3;
const WITH_INSTRUCTIONS = 1 << 4;

/** ofp_flow_monitor_command */
const ADD_MONITOR = 0;

const ANY_GROUP = 0xffffffff;
const ALL_TABLES = 0xff;

/** ofp_flow_update_event */
const EVENTS = ['initial', 'added', 'removed', 'modified', 'abbreviated', 'paused', 'resumed'] as const;

/**
 * What happened to a flow. `missed`: the switch skipped updates because this client read them too slowly;
 * read the flows again.
 */
export type FlowUpdate =
  | { readonly event: 'added' | 'removed' | 'modified'; readonly flow: Flow }
  | { readonly event: 'missed' };

/** Encodes ofp_flow_monitor_request for all later changes. @throws OpenFlowError `OPENFLOW_INVALID` */
export function encodeMonitorRequest(
  monitorId: number,
  { table = ALL_TABLES, match = {} }: Omit<FlowFilter, 'cookie'>,
): Buffer {
  return Buffer.concat([
    u32(monitorId),
    u32(Port.any),
    u32(ANY_GROUP),
    u16(WATCH_ADDED | WATCH_REMOVED | WATCH_MODIFIED | WITH_INSTRUCTIONS),
    u8(table),
    u8(ADD_MONITOR),
    encodeMatch(match),
  ]);
}

/**
 * Decodes ofp_flow_update_* up to the reader's end. Leaves out the abbreviated ones, which report changes of
 * this connection itself.
 * @throws OpenFlowError `OPENFLOW_MALFORMED`
 */
export function readFlowUpdates(reader: Reader): FlowUpdate[] {
  const updates: FlowUpdate[] = [];
  while (reader.remaining > 0) {
    const length = reader.u16();
    if (length < 8) throw malformed(`a flow update of ${length} bytes`);
    const body = reader.part(length - 2);
    const event = EVENTS[body.u16()];
    if (event === undefined) throw malformed('an unknown event of a flow monitor');
    if (event === 'added' || event === 'removed' || event === 'modified')
      updates.push({ event, flow: readFlow(body) });
    if (event === 'resumed') updates.push({ event: 'missed' });
  }
  return updates;
}

function readFlow(reader: Reader): Flow {
  const table = reader.u8();
  // Reason, idle timeout, hard timeout.
  reader.skip(5);
  const priority = reader.u16();
  reader.skip(4);
  const cookie = reader.u64();
  return { table, priority, cookie, match: readMatch(reader), instructions: readInstructions(reader) };
}
