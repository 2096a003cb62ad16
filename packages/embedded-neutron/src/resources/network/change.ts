import type { Edit, ItemRequest } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { dhcpOptions } from '../../northbound/dhcp-options.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork, type Network, networkColumns } from '../../northbound/networks.ts';
import type { NbTransaction, Northbound } from '../../northbound/northbound.ts';
import { portsByNetwork } from '../../northbound/port-indexes.ts';
import { subnetsOf } from '../../northbound/subnets.ts';
import { eachRow } from '../../northbound/view.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { seesNetwork } from '../../policy/visibility.ts';
import type { networkAttributes } from './attributes.ts';
import { mtuOf, requireSameSegment, segmentOf } from './provider.ts';

/** The number of ports that the refusal of a deletion names. */
const MAX_NAMED = 1_000;

/** The network, if the caller may change it. @throws NeutronError NetworkNotFound, PolicyNotAuthorized */
export function ownNetwork({ nb }: Backend, caller: Caller, id: string, action: string): Network {
  const network = findNetwork(nb, id);
  if (network === undefined || !seesNetwork(caller, network)) throw neutronError('NetworkNotFound', id);
  if (!owns(caller, network)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
  return network;
}

/** Writes a network's row. Part of a plan. */
export function writeNetwork(tx: NbTransaction, network: Network): void {
  tx.update('Logical_Switch', network.row, { external_ids: networkColumns(network).external_ids });
}

/** Plans a change of a network. A new MTU is also written to the DHCP options of its subnets. */
export function* updateNetwork(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision, changes }: Edit<typeof networkAttributes>,
): Generator<void, void> {
  const { nb, settings } = backend;
  const network = ownNetwork(backend, caller, id, 'update_network');
  requireSameSegment(network, changes);
  requireRevision(revision, network);
  if (changes.shared === false && network.shared) yield* requireOwnPorts(nb, network);
  const mtu = changes.mtu === undefined ? network.mtu : mtuOf(backend, network, changes.mtu);
  const changed = { ...network, ...changes, ...segmentOf(network), mtu, ...touched(network) } as Network;
  writeNetwork(tx, changed);
  if (changed.mtu === network.mtu) return;
  for (const subnet of subnetsOf(nb, id)) {
    tx.update('DHCP_Options', subnet.row, { options: dhcpOptions(subnet, changed, settings.dns_domain) });
  }
}

/** Checks that no other project has ports on the network. @throws NeutronError InvalidSharedSetting */
function* requireOwnPorts(nb: Northbound, { id, project_id }: Network): Generator<void, void> {
  for (const { external_ids } of eachRow(nb.view, portsByNetwork, id)) {
    if (external_ids['neutron:project_id'] !== project_id) throw neutronError('InvalidSharedSetting', id);
    yield;
  }
}

/** Plans the deletion of a network and its subnets. @throws NeutronError NetworkInUse if it has ports */
export function deleteNetwork(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision }: ItemRequest,
): void {
  const network = ownNetwork(backend, caller, id, 'delete_network');
  requireRevision(revision, network);
  const ports = eachRow(backend.nb.view, portsByNetwork, id).take(MAX_NAMED);
  const names = [...ports].map(({ name }) => name);
  if (names.length > 0) throw neutronError('NetworkInUse', id, names.sort().join(','));
  for (const subnet of subnetsOf(backend.nb, id)) tx.delete('DHCP_Options', subnet.row);
  tx.delete('Logical_Switch', network.row);
}
