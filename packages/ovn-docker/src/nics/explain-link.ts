import { NetlinkError } from '@ovn-docker/netlink';
import { OvnDockerError } from '../errors.ts';

/**
 * Runs netlink calls.
 * @param what begins the message, such as `cannot make ovn-7`
 * @throws OvnDockerError `E_LINK` when the kernel refuses one
 */
export function explainLink(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    throw new OvnDockerError('E_LINK', `${what}: ${error.message}`, { cause: error });
  }
}
