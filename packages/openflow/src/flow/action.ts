import { malformed } from '../errors.ts';
import { type FieldName, fieldNamed, fields } from '../match/fields.ts';
import { oxm, readOxm } from '../match/match.ts';
import { decodeValue, encodeValue } from '../match/value.ts';
import { paddingOf, u16, u32, zeros } from '../wire/bytes.ts';
import { Reader } from '../wire/reader.ts';

/** ofp_action_type (OpenFlow 1.4 §7.2.5) */
const OUTPUT = 0;
const PUSH_VLAN = 17;
const POP_VLAN = 18;
const SET_FIELD = 25;

/** Sends the frame out of a port, or hands it to a reserved one ({@link Port}). */
export interface OutputAction {
  readonly type: 'output';
  readonly port: number;
}

/** Adds a tag with VLAN id 0; a `setField` of `vlanVid` sets the id, with 0x1000 added. */
export interface PushVlanAction {
  readonly type: 'pushVlan';
  /** 0x8100 or 0x88a8 */
  readonly ethType: number;
}

/** Removes the outermost tag. */
export interface PopVlanAction {
  readonly type: 'popVlan';
}

/** Overwrites a field of the frame. */
export interface SetFieldAction {
  readonly type: 'setField';
  readonly field: FieldName;
  readonly value: number | bigint | string;
}

/**
 * An action of a flow in the switch that this package does not know: the whole action in hexadecimal digits.
 */
export interface OtherAction {
  readonly type: 'other';
  readonly bytes: string;
}

/** What a flow does with a frame, in order. No action at all drops the frame. */
export type Action = OutputAction | PushVlanAction | PopVlanAction | SetFieldAction | OtherAction;

/** Encodes an action (OpenFlow 1.4 §7.2.5). @throws OpenFlowError `OPENFLOW_INVALID` */
export function encodeAction(action: Action): Buffer {
  switch (action.type) {
    case 'output':
      return padded(OUTPUT, u32(action.port), u16(0), zeros(6));
    case 'pushVlan':
      return padded(PUSH_VLAN, u16(action.ethType), zeros(2));
    case 'popVlan':
      return padded(POP_VLAN, zeros(4));
    case 'setField': {
      const { class: oxmClass, id } = fields[action.field];
      return padded(SET_FIELD, oxm(oxmClass, id, encodeValue(action.field, action.value)));
    }
    case 'other':
      return Buffer.from(action.bytes, 'hex');
  }
}

function padded(type: number, ...body: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  const padding = paddingOf(4 + bytes.length);
  return Buffer.concat([u16(type), u16(4 + bytes.length + padding), bytes, zeros(padding)]);
}

/** Decodes actions up to the reader's end. @throws OpenFlowError `OPENFLOW_MALFORMED` */
export function readActions(reader: Reader): Action[] {
  const actions: Action[] = [];
  while (reader.remaining > 0) {
    const type = reader.u16();
    const length = reader.u16();
    if (length < 8) throw malformed(`an action of ${length} bytes`);
    actions.push(readAction(type, length, reader.part(length - 4)));
  }
  return actions;
}

function readAction(type: number, length: number, body: Reader): Action {
  switch (type) {
    case OUTPUT:
      return { type: 'output', port: body.u32() };
    case PUSH_VLAN:
      return { type: 'pushVlan', ethType: body.u16() };
    case POP_VLAN:
      return { type: 'popVlan' };
    default: {
      const bytes = body.rest();
      return (
        (type === SET_FIELD ? readSetField(bytes) : undefined) ?? {
          type: 'other',
          bytes: Buffer.concat([u16(type), u16(length), bytes]).toString('hex'),
        }
      );
    }
  }
}

function readSetField(bytes: Buffer): SetFieldAction | undefined {
  const { oxmClass, id, value, mask } = readOxm(new Reader(bytes));
  const field = fieldNamed(oxmClass, id);
  if (field === undefined || mask !== undefined || value.length !== fields[field].bytes) return undefined;
  return { type: 'setField', field, value: decodeValue(field, value) };
}
