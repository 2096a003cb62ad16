import { Reader } from './reader.ts';

/** ofp_error_type and the names of the codes that a client of flow tables meets (OpenFlow 1.4 §7.5.4). */
const ERRORS: Readonly<Record<number, readonly [type: string, ...codes: string[]]>> = {
  0: ['HELLO_FAILED', 'INCOMPATIBLE', 'EPERM'],
  1: [
    'BAD_REQUEST',
    'BAD_VERSION',
    'BAD_TYPE',
    'BAD_MULTIPART',
    'BAD_EXPERIMENTER',
    'BAD_EXP_TYPE',
    'EPERM',
    'BAD_LEN',
    'BUFFER_EMPTY',
    'BUFFER_UNKNOWN',
    'BAD_TABLE_ID',
    'IS_SLAVE',
    'BAD_PORT',
    'BAD_PACKET',
    'MULTIPART_BUFFER_OVERFLOW',
  ],
  2: [
    'BAD_ACTION',
    'BAD_TYPE',
    'BAD_LEN',
    'BAD_EXPERIMENTER',
    'BAD_EXP_TYPE',
    'BAD_OUT_PORT',
    'BAD_ARGUMENT',
    'EPERM',
    'TOO_MANY',
    'BAD_QUEUE',
    'BAD_OUT_GROUP',
    'MATCH_INCONSISTENT',
    'UNSUPPORTED_ORDER',
    'BAD_TAG',
    'BAD_SET_TYPE',
    'BAD_SET_LEN',
    'BAD_SET_ARGUMENT',
  ],
  3: [
    'BAD_INSTRUCTION',
    'UNKNOWN_INST',
    'UNSUP_INST',
    'BAD_TABLE_ID',
    'UNSUP_METADATA',
    'UNSUP_METADATA_MASK',
  ],
  4: [
    'BAD_MATCH',
    'BAD_TYPE',
    'BAD_LEN',
    'BAD_TAG',
    'BAD_DL_ADDR_MASK',
    'BAD_NW_ADDR_MASK',
    'BAD_WILDCARDS',
    'BAD_FIELD',
    'BAD_VALUE',
    'BAD_MASK',
    'BAD_PREREQ',
    'DUP_FIELD',
    'EPERM',
  ],
  5: [
    'FLOW_MOD_FAILED',
    'UNKNOWN',
    'TABLE_FULL',
    'BAD_TABLE_ID',
    'OVERLAP',
    'EPERM',
    'BAD_TIMEOUT',
    'BAD_COMMAND',
    'BAD_FLAGS',
  ],
  17: [
    'BUNDLE_FAILED',
    'UNKNOWN',
    'EPERM',
    'BAD_ID',
    'BUNDLE_EXIST',
    'BUNDLE_CLOSED',
    'OUT_OF_BUNDLES',
    'BAD_TYPE',
    'BAD_FLAGS',
    'MSG_BAD_LEN',
    'MSG_BAD_XID',
    'MSG_UNSUP',
    'MSG_CONFLICT',
    'MSG_TOO_MANY',
    'MSG_FAILED',
    'TIMEOUT',
    'BUNDLE_IN_PROGRESS',
  ],
};

/** OFPET_HELLO_FAILED */
export const HELLO_FAILED = 0;

/** OFPT_ERROR in numbers and in words. */
export interface ErrorMessage {
  readonly type: number;
  readonly code: number;
  /** Such as `FLOW_MOD_FAILED/OVERLAP`. */
  readonly name: string;
}

/** Decodes the body of OFPT_ERROR. */
export function readErrorMessage(body: Buffer): ErrorMessage {
  const reader = new Reader(body);
  const type = reader.u16();
  const code = reader.u16();
  const [typeName = `type ${type}`, ...codes] = ERRORS[type] ?? [];
  return { type, code, name: `${typeName}/${codes[code] ?? `code ${code}`}` };
}
