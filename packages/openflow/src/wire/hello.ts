import { u16, u32 } from './bytes.ts';
import type { Message } from './message.ts';
import { VERSION } from './message.ts';
import { Reader } from './reader.ts';

const VERSION_BITMAP = 1;

/**
 * The body of OFPT_HELLO that offers OpenFlow 1.4 alone (ofp_hello_elem_versionbitmap, OpenFlow 1.4 §7.5.1).
 */
export const helloBody: Buffer = Buffer.concat([u16(VERSION_BITMAP), u16(8), u32(1 << VERSION)]);

/**
 * Whether the sender of this OFPT_HELLO speaks OpenFlow 1.4. A hello without a bitmap offers all versions up
 * to the one of its header.
 */
export function speaksOurVersion({ version, body }: Message): boolean {
  const reader = new Reader(body);
  while (reader.remaining >= 4) {
    const type = reader.u16();
    const length = reader.u16();
    const element = reader.part(length - 4);
    if (type === VERSION_BITMAP && element.remaining >= 4) return (element.u32() & (1 << VERSION)) !== 0;
    reader.skip(Math.min(reader.remaining, (8 - (length % 8)) % 8));
  }
  return version >= VERSION;
}
