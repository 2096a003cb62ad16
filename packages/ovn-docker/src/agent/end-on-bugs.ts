import { asOvnDockerError } from '../errors.ts';
import type { Log } from '../observe/log.ts';

/**
 * Logs an error that nothing has caught, with its stack, and ends the process with code 1, so that the init
 * system starts the agent again: what the error left half done is unknown, and the next agent reads
 * everything from Neutron, the VM's switch and Docker. Node also raises this event for a rejection that
 * nothing handles.
 */
export function endOnBugs(log: Log): void {
  process.on('uncaughtException', (thrown) => {
    log.fatal({ err: asOvnDockerError(thrown) }, 'this is a bug of ovn-docker: the agent ends');
    process.exit(1);
  });
}
