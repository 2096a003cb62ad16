import { isIPv4 } from 'node:net';
import { Address4, Address6 } from 'ip-address';
import { OvnDockerError } from '../errors.ts';
import { ipVersionOf } from './ip-version.ts';

/**
 * An IP address of a request in normal form, as Neutron writes it.
 * @throws OvnDockerError `E_ADDRESS` when the text is no address, or has a prefix length or a zone
 */
export function requestedIp(text: string): string {
  // The usual case: the normal form of an IPv4 address is its only form here.
  if (isIPv4(text)) return text;
  try {
    if (/[/%]/.test(text)) throw new Error('it has a prefix length or a zone');
    return ipVersionOf(text) === 6 ? new Address6(text).correctForm() : new Address4(text).correctForm();
  } catch (cause) {
    throw new OvnDockerError('E_ADDRESS', `${JSON.stringify(text)} is not an IP address`, { cause });
  }
}

/** A MAC address of a request in lower case. @throws OvnDockerError `E_ADDRESS` */
export function requestedMac(text: string): string {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return text.toLowerCase();
  throw new OvnDockerError('E_ADDRESS', `${JSON.stringify(text)} is not a MAC address`);
}
