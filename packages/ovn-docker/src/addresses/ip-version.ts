/** The IP version of an address or a CIDR: a colon occurs in every IPv6 address and in no IPv4 address. */
export function ipVersionOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}
