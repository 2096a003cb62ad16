/** The notations of a MAC address. Parts may lack leading zeros. */
const NOTATIONS = [
  /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i,
  /^[0-9a-f]{1,2}(-[0-9a-f]{1,2}){5}$/i,
  /^[0-9a-f]{1,4}([:.-][0-9a-f]{1,4}){2}$/i,
  /^[0-9a-f]{5,6}[:-][0-9a-f]{5,6}$/i,
  /^[0-9a-f]{11,12}$/i,
];

/**
 * Reads a MAC address in any notation that Neutron accepts: of Unix, Windows, Cisco and PostgreSQL, or
 * without separators. Returns it as `fa:16:3e:00:00:01`, or undefined.
 */
export function readMac(text: string): string | undefined {
  if (!NOTATIONS.some((notation) => notation.test(text))) return undefined;
  const parts = text.toLowerCase().split(/[:.-]/);
  const digits = parts.map((part) => part.padStart(12 / parts.length, '0')).join('');
  return digits.match(/../g)?.join(':');
}
