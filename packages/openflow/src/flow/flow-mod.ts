import { invalid } from '../errors.ts';
import { encodeMatch, type Match } from '../match/match.ts';
import { u8, u16, u32, u64, zeros } from '../wire/bytes.ts';
import type { FlowChange, Masked64 } from './flow.ts';
import { encodeInstructions } from './instructions.ts';
import { Port } from './ports.ts';

/** ofp_flow_mod_command (OpenFlow 1.4 §7.3.4.1) */
const ADD = 0;
const DELETE = 3;
const DELETE_STRICT = 4;

const NO_BUFFER = 0xffffffff;
const ANY_GROUP = 0xffffffff;
const ALL_TABLES = 0xff;
const ANY_COOKIE: Masked64 = { value: 0n, mask: 0n };

interface FlowMod {
  readonly command: number;
  readonly table: number;
  readonly priority: number;
  readonly cookie: Masked64;
  readonly match: Match;
  readonly instructions?: Buffer;
}

/** Encodes the body of OFPT_FLOW_MOD. @throws OpenFlowError `OPENFLOW_INVALID` */
export function encodeFlowMod(change: FlowChange): Buffer {
  const { command, table, priority, cookie, match, instructions } = flowModOf(change);
  if (!Number.isInteger(table) || table < 0 || table > ALL_TABLES) throw invalid(`table ${table}`);
  if (!Number.isInteger(priority) || priority < 0 || priority > 0xffff) throw invalid(`priority ${priority}`);
  return Buffer.concat([
    u64(cookie.value),
    u64(cookie.mask),
    u8(table),
    u8(command),
    // Idle timeout and hard timeout: none.
    u16(0),
    u16(0),
    u16(priority),
    u32(NO_BUFFER),
    u32(Port.any),
    u32(ANY_GROUP),
    // Flags, importance.
    u16(0),
    zeros(2),
    encodeMatch(match),
    ...(instructions === undefined ? [] : [instructions]),
  ]);
}

function flowModOf(change: FlowChange): FlowMod {
  if ('add' in change) {
    const { table, priority, cookie, match, instructions } = change.add;
    return {
      command: ADD,
      table,
      priority,
      cookie: { value: cookie, mask: 0n },
      match,
      instructions: encodeInstructions(instructions),
    };
  }
  if ('delete' in change) {
    const { table, priority, match, cookie = ANY_COOKIE } = change.delete;
    return { command: DELETE_STRICT, table, priority, cookie, match };
  }
  const { table = ALL_TABLES, match = {}, cookie = ANY_COOKIE } = change.deleteAll;
  return { command: DELETE, table, priority: 0, cookie, match };
}
