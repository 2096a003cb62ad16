import { randomUUID } from 'node:crypto';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import { findNetwork, type Network } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { type PortDraft, portColumns } from '../../northbound/ports.ts';
import type { Caller } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import { mayPlugInto, seesNetwork } from '../../policy/visibility.ts';
import { portAttributes } from './attributes.ts';
import { type ParsedProfile, parseProfile, requireParent } from './parent-binding.ts';
import { chooseGroups, completePairs, groupsOf, PortPlan } from './plan.ts';
import { requirePortPolicy } from './policy.ts';

type Values = CreateValues<typeof portAttributes>;

/** Creates ports, all or none. Answers their ids in the order of the bodies. */
export async function createPorts(
  backend: Backend,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) => {
    const values = parseCreate('port', portAttributes, body, caller);
    return { given: body, values, profile: parseProfile(values['binding:profile']) };
  });
  return backend.nb.change((tx) => {
    requireQuota(
      backend,
      'port',
      wanted.map(({ values }) => values.project_id),
    );
    const plan = new PortPlan(backend);
    return wanted.map(({ given, values, profile }) => {
      const network = pluggable(backend, caller, values.network_id);
      requirePortPolicy('create_port', caller, network, given as Partial<Values>);
      const port = draft(backend, tx, caller, plan, network, values, profile);
      insertPort(backend, tx, plan, network, port);
      return port.id;
    });
  });
}

function pluggable(backend: Backend, caller: Caller, id: string): Network {
  const network = findNetwork(backend.nb, id);
  if (!network || !seesNetwork(caller, network)) throw neutronError('NetworkNotFound', id);
  if (!mayPlugInto(caller, network)) throw neutronError('PolicyNotAuthorized', 'rule:create_port');
  return network;
}

function draft(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  plan: PortPlan,
  network: Network,
  values: Values,
  profile: ParsedProfile,
): PortDraft {
  const id = randomUUID();
  const { nesting } = profile;
  if (nesting) requireParent(backend.nb, caller, id, nesting, plan.tags);
  const book = plan.book(network);
  const mac = book.takeMac(values.mac_address, backend.settings.base_mac);
  const secured = values.port_security_enabled ?? network.port_security_enabled;
  return {
    ...standardNow(1),
    id,
    project_id: values.project_id,
    name: values.name,
    description: values.description,
    tags: values.tags,
    network_id: network.id,
    mac_address: mac,
    admin_state_up: values.admin_state_up,
    device_id: values.device_id,
    device_owner: values.device_owner,
    security_groups: chooseGroups(backend, tx, caller, plan, {
      project_id: values.project_id,
      secured,
      wanted: values.security_groups,
    }),
    fixed_ips: book.takeAddresses(values.fixed_ips, mac),
    allowed_address_pairs: completePairs(backend, values.allowed_address_pairs, mac, secured),
    port_security_enabled: secured,
    dns_name: values.dns_name,
    vnic_type: values['binding:vnic_type'],
    host_id: values['binding:host_id'],
    profile: profile.rest,
    trunk_id: null,
    parent_name: nesting?.parent_name,
    tag: nesting?.tag,
  };
}

function insertPort(
  backend: Backend,
  tx: NbTransaction,
  plan: PortPlan,
  network: Network,
  port: PortDraft,
): void {
  const row = tx.insert('Logical_Switch_Port', portColumns(port, plan.book(network).subnets));
  tx.mutate('Logical_Switch', network.row, { insert: { ports: [row] } });
  for (const group of groupsOf(backend, tx, plan, port)) {
    tx.mutate('Port_Group', group.row, { insert: { ports: [row] } });
  }
}
