import { invalidArgument } from '../errors.ts';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/**
 * Parses an Ethernet address such as `02:00:00:00:00:01` to six bytes.
 *
 * @throws NetlinkError EINVAL for any other text.
 */
export function parseMac(text: string): Buffer {
  if (!MAC.test(text)) throw invalidArgument('read MAC address', `'${text}' is not like 02:00:00:00:00:01`);
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

/** Formats bytes as `02:00:00:00:00:01`, in lower case. */
export const formatMac = (bytes: Buffer): string => bytes.toString('hex').replace(/..(?=.)/g, '$&:');
