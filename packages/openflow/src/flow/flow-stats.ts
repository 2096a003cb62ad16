import { malformed } from '../errors.ts';
import { encodeMatch, readMatch } from '../match/match.ts';
import { u8, u32, u64, zeros } from '../wire/bytes.ts';
import type { Reader } from '../wire/reader.ts';
import type { FlowFilter, FlowStats } from './flow.ts';
import { readInstructions } from './instructions.ts';
import { Port } from './ports.ts';

const ANY_GROUP = 0xffffffff;
const ALL_TABLES = 0xff;

/** Encodes ofp_flow_stats_request (OpenFlow 1.4 §7.3.5.2). @throws OpenFlowError `OPENFLOW_INVALID` */
export function encodeFlowStatsRequest({ table = ALL_TABLES, cookie, match = {} }: FlowFilter): Buffer {
  return Buffer.concat([
    u8(table),
    zeros(3),
    u32(Port.any),
    u32(ANY_GROUP),
    zeros(4),
    u64(cookie?.value ?? 0n),
    u64(cookie?.mask ?? 0n),
    encodeMatch(match),
  ]);
}

/** Decodes an array of ofp_flow_stats up to the reader's end. @throws OpenFlowError `OPENFLOW_MALFORMED` */
export function readFlowStats(reader: Reader): FlowStats[] {
  const flows: FlowStats[] = [];
  while (reader.remaining > 0) {
    const length = reader.u16();
    if (length < 56) throw malformed(`flow statistics of ${length} bytes`);
    flows.push(readFlow(reader.part(length - 2)));
  }
  return flows;
}

function readFlow(reader: Reader): FlowStats {
  const table = reader.u8();
  reader.skip(1);
  const durationSeconds = reader.u32();
  reader.skip(4);
  const priority = reader.u16();
  // Idle timeout, hard timeout, flags, importance, padding.
  reader.skip(10);
  const cookie = reader.u64();
  const packets = reader.u64();
  const bytes = reader.u64();
  const match = readMatch(reader);
  return {
    table,
    priority,
    cookie,
    match,
    instructions: readInstructions(reader),
    durationSeconds,
    packets,
    bytes,
  };
}
