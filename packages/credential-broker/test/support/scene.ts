import type { Port } from '@ovn-docker/openstack';
import { idOf, type Person } from '../../../embedded-neutron/test/support/test-cloud.ts';
import type { NewInvitation } from '../../src/records/invitations.ts';
import { BrokerClient, type ClientOptions, joinWith, type TestBroker } from './test-broker.ts';

/** A VM with a port and a trunk in Neutron. */
export interface TestVm {
  /** The id of its own port. */
  readonly id: string;
  readonly address: string;
  readonly projectId: string;
  readonly trunkId: string;
}

/** A VM that has joined. */
export interface JoinedVm extends TestVm, Disposable {
  readonly token: string;
  readonly invitation: string;
  readonly identity: ClientOptions;
  readonly client: BrokerClient;
}

/** A network with a subnet of loopback addresses, which the VMs' clients can really use. */
export async function makeNetwork(
  { cloud }: TestBroker,
  cidr: string,
  { person = 'alice', ...more }: { readonly person?: Person; readonly shared?: true } = {},
): Promise<string> {
  const network_id = idOf(await cloud.call(person, 'POST', 'networks', { network: { name: cidr, ...more } }));
  // Neutron refuses DHCP on loopback addresses.
  const subnet = { network_id, ip_version: 4, cidr, enable_dhcp: false };
  idOf(await cloud.call(person, 'POST', 'subnets', { subnet }));
  return network_id;
}

/** A port in Neutron, as a user outside of the VMs makes it. */
export async function makePort(
  { cloud }: TestBroker,
  body: Readonly<Record<string, unknown>>,
  person: Person = 'alice',
): Promise<Port> {
  const answer = await cloud.call(person, 'POST', 'ports', { port: body });
  if (answer.body.port === undefined) throw new Error(JSON.stringify(answer.body));
  return answer.body.port;
}

/** A VM's own port with this address, and its trunk. */
export async function makeVm(broker: TestBroker, network_id: string, address: string): Promise<TestVm> {
  const { id, project_id = '' } = await makePort(broker, {
    network_id,
    fixed_ips: [{ ip_address: address }],
  });
  const trunkId = idOf(await broker.cloud.call('alice', 'POST', 'trunks', { trunk: { port_id: id } }));
  return { id, address, projectId: project_id, trunkId };
}

/** Invites a VM, which then joins. */
export async function joinVm(
  broker: TestBroker,
  vm: TestVm,
  allowed: Partial<NewInvitation> = {},
): Promise<JoinedVm> {
  const { token, invitation } = await broker.invite({ vif_id: vm.id, project_id: vm.projectId, ...allowed });
  const identity = await joinWith(broker.service.url, token, vm.address);
  const client = new BrokerClient(broker.service.url, { ...identity, keepAlive: 8 });
  return {
    ...vm,
    token,
    invitation: invitation.id,
    identity,
    client,
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
