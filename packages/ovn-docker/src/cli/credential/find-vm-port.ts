import type { Neutron, Port } from '@ovn-docker/openstack';
import { findOne } from '../../clients/neutron/find-one.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';

/**
 * Finds a VM's own port from outside the VM.
 * @param vm id or name of the port, or the id of the server: its port, if it has one
 * @throws OvnDockerError `E_VIF_UNKNOWN` when there is none, `E_VIF_NOT_FOUND` when there are several
 */
export async function findVmPort(neutron: Neutron, vm: string): Promise<Port> {
  const ofServer = await explained(neutron.ports.all({ device_id: vm }));
  const [port] = ofServer;
  if (port && ofServer.length === 1) return port;
  if (port) throw severalPorts(`server ${vm} has`, ofServer);
  return findOne('port', neutron.ports, vm, {
    unknown: () => {
      const message = `this project sees no port with the id or name "${vm}", and no port of a server with this id`;
      return new OvnDockerError('E_VIF_UNKNOWN', message, { hint: '`openstack port list` shows the ports' });
    },
    ambiguous: (found) => severalPorts(`the name "${vm}" belongs to`, found),
  });
}

function severalPorts(subject: string, ports: readonly Port[]): OvnDockerError {
  const list = ports.map(({ id, mac_address }) => `${id} (${mac_address})`).join(', ');
  const hint = 'use the id of one port: the port of the interface that is the uplink of the containers';
  return new OvnDockerError('E_VIF_NOT_FOUND', `${subject} ${ports.length} ports: ${list}`, { hint });
}
