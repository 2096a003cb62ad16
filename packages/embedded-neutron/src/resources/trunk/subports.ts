import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort, type Port } from '../../northbound/ports.ts';
import { type SubPort, trunkOn } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { writePort } from '../port/change.ts';
import { claimTag, hasChildren } from '../port/parent-binding.ts';

/** `device_owner` of a subport. */
const SUBPORT_OWNER = 'trunk:subport';

/** The trunk that subports are added to. The same plan may create it. */
interface Target {
  readonly id: string;
  readonly port_id: string;
}

/**
 * Checks subports against a trunk and against each other, and returns their ports.
 *
 * @throws NeutronError PortNotFound, ParentPortInUse, SubPortMtuGreaterThanTrunkPortMtu, TrunkPortInUse,
 * DuplicateSubPort, PortInUse
 */
export function* checkSubPorts(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  trunk: Target,
  subPorts: readonly SubPort[],
): Generator<void, readonly Port[]> {
  const { nb } = backend;
  const seen = new Set<string | number>();
  const maxMtu = mtuOf(backend, findPort(nb, trunk.port_id));
  const ports: Port[] = [];
  for (const { port_id, segmentation_id } of subPorts) {
    const port = findPort(nb, port_id);
    if (!port || !owns(caller, port)) throw neutronError('PortNotFound', port_id);
    if (port_id === trunk.port_id || trunkOn(nb, port_id)) throw neutronError('ParentPortInUse', port_id);
    const mtu = mtuOf(backend, port);
    if (mtu !== undefined && maxMtu !== undefined && mtu > maxMtu)
      throw neutronError('SubPortMtuGreaterThanTrunkPortMtu', mtu, port_id, maxMtu, trunk.id);
    if (port.parent_name !== undefined || seen.has(port_id)) throw neutronError('TrunkPortInUse', port_id);
    // OVN nests one level deep: a parent cannot be a child.
    if (hasChildren(nb, tx, port_id)) throw neutronError('ParentPortInUse', port_id);
    if (port.device_id !== '') {
      throw neutronError('PortInUse', port_id, port.network_id, port.device_id);
    }
    const duplicate = () => neutronError('DuplicateSubPort', 'vlan', segmentation_id, trunk.id);
    if (seen.has(segmentation_id)) throw duplicate();
    seen.add(port_id).add(segmentation_id);
    claimTag(nb, tx, port_id, { parent_name: trunk.port_id, tag: segmentation_id }, duplicate);
    ports.push(port);
    yield;
  }
  return ports;
}

/** The MTU of a port's network. The frames of a subport pass through the trunk's port. */
function mtuOf({ nb }: Backend, port: Port | undefined): number | undefined {
  return port && findNetwork(nb, port.network_id)?.mtu;
}

/** Nests the ports under the trunk's parent. Part of a plan, after {@link checkSubPorts}. */
export function* nestSubPorts(
  backend: Backend,
  tx: NbTransaction,
  trunk: Target,
  ports: readonly Port[],
  subPorts: readonly SubPort[],
): Generator<void, void> {
  for (const [index, port] of ports.entries()) {
    writePort(backend, tx, {
      ...port,
      ...touched(port),
      device_owner: SUBPORT_OWNER,
      parent_name: trunk.port_id,
      tag: subPorts[index]?.segmentation_id,
      trunk_id: trunk.id,
    });
    yield;
  }
}

/** Takes ports out of their trunk. Part of a plan. */
export function* releaseSubPorts(
  backend: Backend,
  tx: NbTransaction,
  ports: readonly Port[],
): Generator<void, void> {
  for (const port of ports) {
    writePort(backend, tx, {
      ...port,
      ...touched(port),
      device_owner: port.device_owner === SUBPORT_OWNER ? '' : port.device_owner,
      parent_name: undefined,
      tag: undefined,
      trunk_id: null,
    });
    yield;
  }
}
