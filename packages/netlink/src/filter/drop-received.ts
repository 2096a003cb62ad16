import { closeSync } from 'node:fs';
import {
  i32Attribute,
  nestedAttribute,
  nestedOf,
  parseAttributes,
  stringAttribute,
  stringOf,
  u32Attribute,
} from '../codec/attribute.ts';
import { LITTLE, writeI32, writeU32 } from '../codec/host-order.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../codec/message.ts';
import { isNetlinkError } from '../errors.ts';
import { linkIndex } from '../link/get-link.ts';
import type { LinkRef } from '../link/link.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import { loadProgram } from './bpf-program.ts';

// linux/rtnetlink.h
const RTM_NEWQDISC = 36;
const RTM_NEWTFILTER = 44;
const RTM_GETTFILTER = 46;
const TCA_KIND = 1;
const TCA_OPTIONS = 2;

// linux/pkt_cls.h
const TCA_BPF_FD = 6;
const TCA_BPF_NAME = 7;
const TCA_BPF_FLAGS = 8;
const TCA_BPF_FLAG_ACT_DIRECT = 1;

// linux/pkt_sched.h: the hooks of a link, and the one for the frames that it receives.
const CLSACT_HANDLE = 0xffff0000;
const CLSACT_PARENT = 0xfffffff1;
const CLSACT_INGRESS = 0xfffffff2;

/** The first of the link's filters, as tc(8) numbers them, for frames of every EtherType (ETH_P_ALL). */
const PRIORITY = 1;
const ETH_P_ALL = 3;

const NAME = 'drop';

/** Two instructions: r0 = 2 (TC_ACT_SHOT); exit. */
const DROP = Buffer.from('b7000000020000009500000000000000', 'hex');
const DROP_BIG_ENDIAN = Buffer.from('b7000000000000029500000000000000', 'hex');

/**
 * Drops every frame that a link receives, after packet sockets (packet(7)) have read it and before the
 * kernel's own protocols do: a filter of the kernel's traffic control, like `tc filter add dev LINK ingress`
 * (tc-bpf(8)). A second call changes nothing. The filter disappears with the link.
 *
 * @throws NetlinkError ENODEV when the link does not exist, ENOENT when the kernel lacks clsact or cls_bpf,
 *   EPERM without CAP_NET_ADMIN and CAP_BPF.
 */
export function dropReceived(socket: NetlinkSocket, ref: LinkRef): void {
  const operation = `drop what ${ref} receives`;
  const index = linkIndex(socket, ref);
  const add = (type: number, header: Buffer, ...attributes: readonly Buffer[]) =>
    unlessPresent(() =>
      socket.change({
        operation,
        type,
        flags: NLM_F_CREATE | NLM_F_EXCL,
        payload: [header, ...attributes],
      }),
    );
  const hooks = trafficHeader({ index, handle: CLSACT_HANDLE, parent: CLSACT_PARENT });
  add(RTM_NEWQDISC, hooks, stringAttribute(TCA_KIND, 'clsact'));
  const program = loadProgram(operation, LITTLE ? DROP : DROP_BIG_ENDIAN);
  try {
    const protocol = LITTLE ? ETH_P_ALL << 8 : ETH_P_ALL;
    const info = ((PRIORITY << 16) | protocol) >>> 0;
    const options = nestedAttribute(
      TCA_OPTIONS,
      i32Attribute(TCA_BPF_FD, program),
      stringAttribute(TCA_BPF_NAME, NAME),
      u32Attribute(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT),
    );
    const filter = trafficHeader({ index, handle: 1, parent: CLSACT_INGRESS, info });
    add(RTM_NEWTFILTER, filter, stringAttribute(TCA_KIND, 'bpf'), options);
  } finally {
    // The filter keeps the program.
    closeSync(program);
  }
}

/** Whether the link has the filter of {@link dropReceived}. @throws NetlinkError ENODEV without the link. */
export function dropsReceived(socket: NetlinkSocket, ref: LinkRef): boolean {
  const operation = `look for filters of ${ref}`;
  const header = trafficHeader({ index: linkIndex(socket, ref), handle: 0, parent: CLSACT_INGRESS });
  const names = socket.dump({ operation, type: RTM_GETTFILTER, payload: [header] }, (payload) => {
    const attributes = parseAttributes(payload.subarray(HEADER_LENGTH));
    if (stringOf(attributes, TCA_KIND) !== 'bpf' || !attributes.has(TCA_OPTIONS)) return undefined;
    return stringOf(nestedOf(attributes, TCA_OPTIONS), TCA_BPF_NAME);
  });
  return names.includes(NAME);
}

function unlessPresent(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isNetlinkError(error, 'EEXIST')) throw error;
  }
}

const HEADER_LENGTH = 20;

/** Struct tcmsg (rtnetlink(7)): family, interface, handle, parent, info. */
function trafficHeader(fields: { index: number; handle: number; parent: number; info?: number }): Buffer {
  const bytes = Buffer.alloc(HEADER_LENGTH);
  writeI32(bytes, fields.index, 4);
  writeU32(bytes, fields.handle, 8);
  writeU32(bytes, fields.parent, 12);
  writeU32(bytes, fields.info ?? 0, 16);
  return bytes;
}
