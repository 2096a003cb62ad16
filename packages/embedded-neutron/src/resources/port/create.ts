import { randomUUID } from 'node:crypto';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import { findNetwork, type Network } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { type PortDraft, portColumns } from '../../northbound/ports.ts';
import type { Caller } from '../../policy/caller.ts';
import { takePlace } from '../../policy/quota-places.ts';
import { mayPlugInto, seesNetwork } from '../../policy/visibility.ts';
import { AddressBook } from './address-book.ts';
import { type portAttributes, portSchema } from './attributes.ts';
import { type ParsedProfile, parseProfile, requireParent } from './parent-binding.ts';
import { chooseGroups, completePairs, groupsOf, knownSubnets } from './plan.ts';
import { requirePortPolicy } from './policy.ts';

type Values = CreateValues<typeof portAttributes>;

/** A port to be created, as it is read from a request. */
interface PortRequest extends Values {
  /** The attributes that the body contains. */
  readonly given: Body;
  readonly profile: ParsedProfile;
}

/** Reads a port from a request. @throws NeutronError InvalidInput, and those of {@link parseCreate} */
export function parsePort(given: Body, caller: Caller): PortRequest {
  const values = parseCreate(portSchema, given, caller);
  return { ...values, given, profile: parseProfile(values['binding:profile']) };
}

/** Plans new ports. */
export function* insertPorts(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly PortRequest[],
): Generator<void, readonly string[]> {
  const ids: string[] = [];
  for (const request of requested) {
    // As in Neutron, the quota is checked before the request.
    const place = takePlace(backend, tx, request.project_id);
    const network = pluggable(backend, caller, request.network_id);
    requirePortPolicy('create_port', caller, network, onlyGiven(request));
    const book = new AddressBook(backend.nb, tx, network);
    const port = draft(backend, tx, caller, book, request, place);
    insertPort(backend, tx, book, port);
    ids.push(port.id);
    yield;
  }
  return ids;
}

/** The attributes that the body of a request contains; the defaults need no policy. */
function onlyGiven({ given, ...values }: PortRequest): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(given, name)));
}

/**
 * The network, if the caller may create ports on it.
 *
 * @throws NeutronError NetworkNotFound, PolicyNotAuthorized
 */
function pluggable({ nb }: Backend, caller: Caller, id: string): Network {
  const network = findNetwork(nb, id);
  if (!network || !seesNetwork(caller, network)) throw neutronError('NetworkNotFound', id);
  if (!mayPlugInto(caller, network)) throw neutronError('PolicyNotAuthorized', 'rule:create_port');
  return network;
}

function draft(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  book: AddressBook,
  request: PortRequest,
  place: number | null,
): PortDraft {
  const id = randomUUID();
  const { network } = book;
  const { nesting, rest } = request.profile;
  if (nesting) requireParent(backend.nb, tx, caller, id, nesting);
  const mac = book.takeMac(request.mac_address ?? undefined, backend.settings.base_mac);
  const secured = request.port_security_enabled ?? network.port_security_enabled;
  return {
    ...standardNow(1),
    id,
    project_id: request.project_id,
    name: request.name,
    description: request.description,
    tags: request.tags,
    network_id: network.id,
    mac_address: mac,
    admin_state_up: request.admin_state_up,
    device_id: request.device_id,
    device_owner: request.device_owner,
    security_groups: chooseGroups(backend, tx, caller, {
      project_id: request.project_id,
      secured,
      requested: request.security_groups,
    }),
    fixed_ips: book.takeAddresses(knownSubnets(backend, caller, request.fixed_ips), mac),
    allowed_address_pairs: completePairs(backend, request.allowed_address_pairs, mac, secured),
    port_security_enabled: secured,
    dns_name: request.dns_name,
    vnic_type: request['binding:vnic_type'],
    host_id: request['binding:host_id'] ?? '',
    profile: rest,
    trunk_id: null,
    quota_place: place,
    parent_name: nesting?.parent_name,
    tag: nesting?.tag,
  };
}

function insertPort(
  backend: Backend,
  tx: NbTransaction,
  { network, subnets }: AddressBook,
  port: PortDraft,
): void {
  const row = tx.insert('Logical_Switch_Port', portColumns(port, subnets));
  tx.mutate('Logical_Switch', network.row, { insert: { ports: [row] } });
  for (const group of groupsOf(backend, tx, port)) {
    tx.mutate('Port_Group', group.row, { insert: { ports: [row] } });
  }
}
