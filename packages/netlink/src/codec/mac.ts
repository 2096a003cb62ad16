import { invalidArgument } from '../errors.ts';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/**
 * Six bytes of an Ethernet address written as `02:00:00:00:00:01`.
 *
 * @throws NetlinkError EINVAL for any other text.
 */
export function parseMac(text: string): Buffer {
  if (!MAC.test(text)) throw invalidArgument('read MAC address', `'${text}' is not like 02:00:00:00:00:01`);
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

/** `02:00:00:00:00:01`, in lower case; as many groups as there are bytes. */
export const formatMac = (bytes: Buffer): string => bytes.toString('hex').replace(/..(?=.)/g, '$&:');
