import { parseUpdate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { dhcpOptions } from '../../northbound/dhcp-options.ts';
import { touched } from '../../northbound/external-ids.ts';
import { findNetwork, type Network, networkColumns } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { portsOf } from '../../northbound/ports.ts';
import { subnetsOf } from '../../northbound/subnets.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import { seesNetwork } from '../../policy/visibility.ts';
import { networkAttributes } from './attributes.ts';

/** The network if this caller may change it. */
export function ownNetwork(backend: Backend, caller: Caller, id: string, action: string): Network {
  const network = findNetwork(backend.nb, id);
  if (network === undefined || !seesNetwork(caller, network)) throw neutronError('NetworkNotFound', id);
  if (!owns(caller, network)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
  return network;
}

/** Writes a network's row. Part of a plan. */
export function writeNetwork(tx: NbTransaction, network: Network): void {
  tx.update('Logical_Switch', network.row, { external_ids: networkColumns(network).external_ids });
}

/** Changes a network. A new MTU goes to the DHCP options of its subnets too. */
export function updateNetwork(
  backend: Backend,
  caller: Caller,
  id: string,
  body: Readonly<Record<string, unknown>>,
  revision?: number,
): Promise<void> {
  const changes = parseUpdate('network', networkAttributes, body, caller);
  return backend.nb.change((tx) => {
    const network = ownNetwork(backend, caller, id, 'update_network');
    requireRevision(revision, network);
    const foreign = portsOf(backend.nb, id).some((port) => port.project_id !== network.project_id);
    if (changes.shared === false && network.shared && foreign) throw neutronError('InvalidSharedSetting', id);
    const changed = { ...network, ...changes, ...touched(network) } as Network;
    writeNetwork(tx, changed);
    if (changed.mtu === network.mtu) return;
    for (const subnet of subnetsOf(backend.nb, id)) {
      const options = dhcpOptions(subnet, changed, backend.settings.dns_domain);
      tx.update('DHCP_Options', subnet.row, { options });
    }
  });
}

/** Deletes a network and its subnets; refused while it has ports. */
export function deleteNetwork(
  backend: Backend,
  caller: Caller,
  id: string,
  revision?: number,
): Promise<void> {
  return backend.nb.change((tx) => {
    const network = ownNetwork(backend, caller, id, 'delete_network');
    requireRevision(revision, network);
    const ports = portsOf(backend.nb, id).map((port) => port.id);
    if (ports.length > 0) throw neutronError('NetworkInUse', id, ports.sort().join(','));
    for (const subnet of subnetsOf(backend.nb, id)) tx.delete('DHCP_Options', subnet.row);
    tx.delete('Logical_Switch', network.row);
  });
}
