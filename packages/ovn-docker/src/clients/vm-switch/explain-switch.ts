import {
  ConstraintViolationError,
  OvsdbClosedError,
  OvsdbConnectionError,
  OvsdbError,
  OvsdbOutcomeUnknownError,
} from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../../errors.ts';

/**
 * Awaits a transaction on the VM's Open vSwitch; rejects with the error for the user, which has
 * ovsdb-server's own error as its cause.
 * @throws OvnDockerError `E_SWITCH`
 */
export async function explainSwitch<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof OvsdbError)) throw error;
    throw explained(error);
  }
}

function explained(cause: OvsdbError): OvnDockerError {
  const isLost = [OvsdbConnectionError, OvsdbClosedError, OvsdbOutcomeUnknownError].some(
    (type) => cause instanceof type,
  );
  if (isLost) {
    return new OvnDockerError('E_SWITCH', 'the connection to the VM’s ovsdb-server broke during a change', {
      cause,
      hint: 'check that ovsdb-server runs in this VM; the agent connects again by itself: repeat the command',
    });
  }
  if (cause instanceof ConstraintViolationError) {
    return new OvnDockerError('E_SWITCH', 'another program changed the same row of the VM’s Open vSwitch', {
      cause,
      hint: 'look for interfaces called ovn-NUMBER that are not the agent’s: `ovs-vsctl show`; the agent’s log has the details',
    });
  }
  if (cause.code === 'I/O error') {
    return new OvnDockerError('E_SWITCH', 'the VM’s ovsdb-server cannot write its database (I/O error)', {
      cause,
      hint: 'its disk may be full: `df /etc/openvswitch`; when there is room, repeat the command',
    });
  }
  return new OvnDockerError('E_SWITCH', `the VM’s ovsdb-server refused a change (${cause.code})`, {
    cause,
    hint: 'the agent’s log has the details',
  });
}
