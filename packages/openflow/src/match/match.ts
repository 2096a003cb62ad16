import { malformed } from '../errors.ts';
import { paddingOf, u8, u16, zeros } from '../wire/bytes.ts';
import type { Reader } from '../wire/reader.ts';
import { type FieldName, fieldNamed, fieldNames, fields, type ValueOf } from './fields.ts';
import { decodeValue, encodeValue } from './value.ts';

/** A value of which only the bits of `mask` count. */
export interface Masked<V> {
  readonly value: V;
  readonly mask: V;
}

/** A field of a flow in the switch that this package does not know, in hexadecimal digits. */
export interface OtherField {
  readonly class: number;
  readonly id: number;
  readonly value: string;
  readonly mask?: string;
}

/**
 * What a frame must have to match: every field that is named, exactly or under a mask. No field: every frame.
 * The switch requires that a match on a field of a protocol also names the protocol.
 *
 * @example
 * ```ts
 * const anyTag: Match = { inPort: 5, vlanVid: { value: 0x1000, mask: 0x1000 } };
 * const routerAdvertisement: Match = { ethType: 0x86dd, ipProto: 58, icmpv6Type: 134 };
 * ```
 */
export type Match = { readonly [F in FieldName]?: ValueOf<F> | Masked<ValueOf<F>> } & {
  /** Only in flows that are read. */
  readonly other?: readonly OtherField[];
};

/** OFPMT_OXM */
const OXM = 1;

/** Encodes ofp_match with its padding (OpenFlow 1.4 §7.2.3). @throws OpenFlowError `OPENFLOW_INVALID` */
export function encodeMatch(match: Match): Buffer {
  const parts = fieldNames.flatMap((name) => {
    const wanted = match[name];
    return wanted === undefined ? [] : [encodeField(name, wanted)];
  });
  const others = (match.other ?? []).map(encodeOther);
  const oxms = Buffer.concat([...parts, ...others]);
  const length = 4 + oxms.length;
  return Buffer.concat([u16(OXM), u16(length), oxms, zeros(paddingOf(length))]);
}

function encodeField(name: FieldName, wanted: Value | Masked<Value>): Buffer {
  const { class: oxmClass, id } = fields[name];
  if (typeof wanted !== 'object') return oxm(oxmClass, id, encodeValue(name, wanted));
  return oxm(oxmClass, id, encodeValue(name, wanted.value), encodeValue(name, wanted.mask));
}

type Value = number | bigint | string;

const encodeOther = ({ class: oxmClass, id, value, mask }: OtherField): Buffer =>
  oxm(oxmClass, id, Buffer.from(value, 'hex'), mask === undefined ? undefined : Buffer.from(mask, 'hex'));

/** One OXM TLV: class, field and has-mask bit, length, value, mask (OpenFlow 1.4 §7.2.3.2). */
export function oxm(oxmClass: number, id: number, value: Buffer, mask?: Buffer): Buffer {
  const length = value.length + (mask?.length ?? 0);
  const header = [u16(oxmClass), u8((id << 1) | (mask === undefined ? 0 : 1)), u8(length)];
  return Buffer.concat([...header, value, ...(mask === undefined ? [] : [mask])]);
}

/** Decodes ofp_match and its padding. @throws OpenFlowError `OPENFLOW_MALFORMED` */
export function readMatch(reader: Reader): Match {
  const type = reader.u16();
  const length = reader.u16();
  if (type !== OXM) throw malformed(`a match of type ${type} instead of ${OXM}`);
  const oxms = reader.part(length - 4);
  reader.skip(paddingOf(length));
  const match: Partial<Record<FieldName, unknown>> = {};
  const other: OtherField[] = [];
  while (oxms.remaining > 0) {
    const { oxmClass, id, value, mask } = readOxm(oxms);
    const name = fieldNamed(oxmClass, id);
    if (name === undefined || value.length !== fields[name].bytes)
      other.push({
        class: oxmClass,
        id,
        value: value.toString('hex'),
        ...(mask === undefined ? {} : { mask: mask.toString('hex') }),
      });
    else
      match[name] =
        mask === undefined
          ? decodeValue(name, value)
          : { value: decodeValue(name, value), mask: decodeValue(name, mask) };
  }
  return { ...match, ...(other.length === 0 ? {} : { other }) } as Match;
}

/** Decodes one OXM TLV; a mask has as many bytes as the value. */
export function readOxm(reader: Reader): { oxmClass: number; id: number; value: Buffer; mask?: Buffer } {
  const oxmClass = reader.u16();
  const header = reader.u8();
  const payload = reader.take(reader.u8());
  const id = header >> 1;
  if ((header & 1) === 0) return { oxmClass, id, value: payload };
  const half = payload.length / 2;
  if (!Number.isInteger(half)) throw malformed(`field ${id} has a mask of another length than its value`);
  return { oxmClass, id, value: payload.subarray(0, half), mask: payload.subarray(half) };
}
