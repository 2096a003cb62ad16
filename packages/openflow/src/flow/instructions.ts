import { malformed } from '../errors.ts';
import type { Masked } from '../match/match.ts';
import { u8, u16, u64, zeros } from '../wire/bytes.ts';
import type { Reader } from '../wire/reader.ts';
import { type Action, encodeAction, readActions } from './action.ts';

/** ofp_instruction_type (OpenFlow 1.4 §7.2.4) */
const GOTO_TABLE = 1;
const WRITE_METADATA = 2;
const APPLY_ACTIONS = 4;

/** Bits of `metadata` that writeMetadata overwrites: all of them. */
const ALL_BITS = 0xffffffffffffffffn;

/** What happens to a frame that matches. Nothing at all: the frame is dropped. */
export interface Instructions {
  readonly apply?: readonly Action[];
  readonly writeMetadata?: Masked<bigint>;
  /** Continues in a table with a higher number. */
  readonly gotoTable?: number;
  /** Instructions of a flow in the switch that this package does not know, in hexadecimal digits. */
  readonly other?: readonly string[];
}

/** Encodes instructions. @throws OpenFlowError `OPENFLOW_INVALID` */
export function encodeInstructions(instructions: Instructions): Buffer {
  const parts: Buffer[] = [];
  if (instructions.apply !== undefined && instructions.apply.length > 0) {
    const actions = Buffer.concat(instructions.apply.map(encodeAction));
    parts.push(u16(APPLY_ACTIONS), u16(8 + actions.length), zeros(4), actions);
  }
  if (instructions.writeMetadata !== undefined) {
    const { value, mask } = instructions.writeMetadata;
    parts.push(u16(WRITE_METADATA), u16(24), zeros(4), u64(value), u64(mask));
  }
  if (instructions.gotoTable !== undefined)
    parts.push(u16(GOTO_TABLE), u16(8), u8(instructions.gotoTable), zeros(3));
  for (const bytes of instructions.other ?? []) parts.push(Buffer.from(bytes, 'hex'));
  return Buffer.concat(parts);
}

/** Decodes instructions up to the reader's end. @throws OpenFlowError `OPENFLOW_MALFORMED` */
export function readInstructions(reader: Reader): Instructions {
  let instructions: Instructions = {};
  const other: string[] = [];
  while (reader.remaining > 0) {
    const type = reader.u16();
    const length = reader.u16();
    if (length < 8) throw malformed(`an instruction of ${length} bytes`);
    const body = reader.part(length - 4);
    if (type === APPLY_ACTIONS) {
      body.skip(4);
      instructions = { ...instructions, apply: readActions(body) };
    } else if (type === WRITE_METADATA) {
      body.skip(4);
      instructions = { ...instructions, writeMetadata: { value: body.u64(), mask: body.u64() } };
    } else if (type === GOTO_TABLE) {
      instructions = { ...instructions, gotoTable: body.u8() };
    } else {
      other.push(Buffer.concat([u16(type), u16(length), body.rest()]).toString('hex'));
    }
  }
  return other.length === 0 ? instructions : { ...instructions, other };
}

/** Returns the argument of `writeMetadata` that overwrites all 64 bits. */
export const wholeMetadata = (value: bigint): Masked<bigint> => ({ value, mask: ALL_BITS });
