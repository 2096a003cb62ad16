/** The value of a field in this package: numbers up to 32 bits, bigints beyond, addresses as text. */
type Kind = 'number' | 'bigint' | 'mac' | 'ipv4' | 'ipv6';

interface Field {
  /** oxm_class */
  readonly class: number;
  readonly id: number;
  readonly bytes: number;
  readonly kind: Kind;
}

/** OFPXMC_OPENFLOW_BASIC */
const BASIC = 0x8000;
/** OFPXMC_NXM_1, the extensions of Open vSwitch (ovs-fields(7)). */
const NXM = 0x0001;

const basic = <K extends Kind>(id: number, bytes: number, kind: K) =>
  ({ class: BASIC, id, bytes, kind }) as const;

/**
 * The fields that a match can name (OpenFlow 1.4 §7.2.3.7, ovs-fields(7)), in the order in which they are
 * sent: a field is after the fields that it requires, as udpSrc is after ipProto, and that after ethType.
 */
export const fields = {
  inPort: basic(0, 4, 'number'),
  metadata: basic(2, 8, 'bigint'),
  ethDst: basic(3, 6, 'mac'),
  ethSrc: basic(4, 6, 'mac'),
  ethType: basic(5, 2, 'number'),
  /** VLAN id with 0x1000 for "a tag is present" (OFPVID_PRESENT): 0 is untagged. */
  vlanVid: basic(6, 2, 'number'),
  vlanPcp: basic(7, 1, 'number'),
  /** NXM_NX_IP_FRAG: 1 for any fragment, 3 for a later one; 0 for a whole packet. */
  ipFrag: { class: NXM, id: 26, bytes: 1, kind: 'number' },
  ipProto: basic(10, 1, 'number'),
  ipv4Src: basic(11, 4, 'ipv4'),
  ipv4Dst: basic(12, 4, 'ipv4'),
  tcpSrc: basic(13, 2, 'number'),
  tcpDst: basic(14, 2, 'number'),
  udpSrc: basic(15, 2, 'number'),
  udpDst: basic(16, 2, 'number'),
  icmpv4Type: basic(19, 1, 'number'),
  icmpv4Code: basic(20, 1, 'number'),
  arpOp: basic(21, 2, 'number'),
  arpSpa: basic(22, 4, 'ipv4'),
  arpTpa: basic(23, 4, 'ipv4'),
  arpSha: basic(24, 6, 'mac'),
  arpTha: basic(25, 6, 'mac'),
  ipv6Src: basic(26, 16, 'ipv6'),
  ipv6Dst: basic(27, 16, 'ipv6'),
  icmpv6Type: basic(29, 1, 'number'),
  icmpv6Code: basic(30, 1, 'number'),
  ndTarget: basic(31, 16, 'ipv6'),
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof fields;

/** The type of a field's value and mask: a `number`, a `bigint`, or the text of an address. */
export type ValueOf<F extends FieldName> = (typeof fields)[F]['kind'] extends 'number'
  ? number
  : (typeof fields)[F]['kind'] extends 'bigint'
    ? bigint
    : string;

export const fieldNames = Object.keys(fields) as FieldName[];

const byHeader: ReadonlyMap<number, FieldName> = new Map(
  fieldNames.map((name) => [headerOf(fields[name].class, fields[name].id), name]),
);

function headerOf(oxmClass: number, id: number): number {
  return oxmClass * 128 + id;
}

/**
 * Returns the name of the field with this class and number, or `undefined` for one that is not in the table.
 */
export const fieldNamed = (oxmClass: number, id: number): FieldName | undefined =>
  byHeader.get(headerOf(oxmClass, id));
