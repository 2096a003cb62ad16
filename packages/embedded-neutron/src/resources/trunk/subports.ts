import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findPort, type Port } from '../../northbound/ports.ts';
import { trunkOn } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { writePort } from '../port/change.ts';
import { claimTag, hasChildren } from '../port/parent-binding.ts';
import { type SubPortRequest, vlanOf } from './attributes.ts';

/** `device_owner` of a subport. */
const SUBPORT_OWNER = 'trunk:subport';

/** The trunk that subports are added to. The same plan may create it. */
interface Target {
  readonly id: string;
  readonly port_id: string;
}

/** A port, and the VLAN that it is to have as a subport. */
interface CheckedSubPort {
  readonly port: Port;
  readonly vlan: number;
}

/**
 * Checks subports one after the other, each in Neutron's order. {@link nestSubPorts} claims their VLANs.
 *
 * @throws NeutronError ParentPortInUse, SubPortMtuGreaterThanTrunkPortMtu, InvalidInput, PortNotFound,
 * TrunkPortInUse, PortInUse
 */
export function* checkSubPorts(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  trunk: Target,
  requests: readonly SubPortRequest[],
): Generator<void, readonly CheckedSubPort[]> {
  const { nb } = backend;
  const seen = new Set<string>();
  const maxMtu = mtuOf(backend, findPort(nb, trunk.port_id));
  const checked: CheckedSubPort[] = [];
  for (const request of requests) {
    const { port_id } = request;
    if (port_id === trunk.port_id) throw neutronError('ParentPortInUse', port_id);
    const found = findPort(nb, port_id);
    const port = found && owns(caller, found) ? found : undefined;
    const mtu = mtuOf(backend, port);
    if (mtu !== undefined && maxMtu !== undefined && mtu > maxMtu)
      throw neutronError('SubPortMtuGreaterThanTrunkPortMtu', mtu, port_id, maxMtu, trunk.id);
    const vlan = vlanOf(request);
    if (port === undefined) throw neutronError('PortNotFound', port_id);
    if (port.parent_name !== undefined || seen.has(port_id)) throw neutronError('TrunkPortInUse', port_id);
    // OVN nests one level deep: a parent cannot be a child.
    if (trunkOn(nb, port_id) || hasChildren(nb, tx, port_id)) throw neutronError('ParentPortInUse', port_id);
    if (port.device_id !== '') {
      throw neutronError('PortInUse', port_id, port.network_id, port.device_id);
    }
    seen.add(port_id);
    checked.push({ port, vlan });
    yield;
  }
  return checked;
}

/** The MTU of a port's network. The frames of a subport pass through the trunk's port. */
function mtuOf({ nb }: Backend, port: Port | undefined): number | undefined {
  return port && findNetwork(nb, port.network_id)?.mtu;
}

/**
 * Nests the ports under the trunk's parent. Part of a plan, after {@link checkSubPorts}.
 *
 * @throws NeutronError DuplicateSubPort
 */
export function* nestSubPorts(
  backend: Backend,
  tx: NbTransaction,
  trunk: Target,
  subPorts: readonly CheckedSubPort[],
): Generator<void, void> {
  const taken = new Set<number>();
  for (const { port, vlan } of subPorts) {
    const duplicate = () => neutronError('DuplicateSubPort', 'vlan', vlan, trunk.id);
    if (taken.has(vlan)) throw duplicate();
    taken.add(vlan);
    claimTag(backend.nb, tx, port.id, { parent_name: trunk.port_id, tag: vlan }, duplicate);
    writePort(backend, tx, {
      ...port,
      ...touched(port),
      device_owner: SUBPORT_OWNER,
      parent_name: trunk.port_id,
      tag: vlan,
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
