import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whether an address is one of these addresses or in one of these CIDRs. */
export function isAmong(address: string, sources: readonly string[]): boolean {
  if (isIP(address) === 0) return false;
  const list = new BlockList();
  for (const source of sources) add(list, source);
  return list.check(address, familyOf(address));
}

/** Whether a text is an address or a CIDR. */
export function isSource(text: string): boolean {
  try {
    add(new BlockList(), text);
    return true;
  } catch {
    return false;
  }
}

/** @throws if the text is neither an address nor a CIDR */
function add(list: BlockList, source: string): void {
  const [address = '', length] = source.split('/');
  if (length === undefined) list.addAddress(address, familyOf(address));
  else list.addSubnet(address, Number(length), familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
