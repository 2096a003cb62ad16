import { text } from 'node:stream/consumers';
import { type CloudConfig, Neutron, type PortUpdate, Session } from '@ovn-docker/openstack';
import type { Passwords } from './api/api.ts';
import type { ApiKind } from './api/api-kind.ts';
import { LabError } from './errors.ts';
import { waitFor } from './machine/process.ts';
import { hypervisors, management, type Tenant, urls, vms } from './topology.ts';

/** The input of {@link provision}, which the hidden command reads as JSON. */
export interface ProvisionRequest {
  readonly apiKind: ApiKind;
  readonly passwords: Passwords;
}
/** The result of {@link provision}, which the hidden command writes as JSON. */
export interface ProvisionResult {
  /** Ids of the users' projects. */
  readonly projects: Record<Tenant | 'admin', string>;
  readonly credentials: Record<Tenant, { id: string; secret: string }>;
  /** The VMs' own ports. */
  readonly vms: Record<string, { portId: string; mac: string; address: string }>;
}

/**
 * Does with the API what an operator and the tenants do on any OpenStack before they start containers: the
 * operator creates the management network on the provider network; each tenant admits it in the security
 * group, and creates an application credential and the VMs' ports. It runs in the machine `api`, which can
 * reach the API.
 */
export async function provision({ apiKind, passwords }: ProvisionRequest): Promise<ProvisionResult> {
  const admin = openAs('admin', passwords.admin);
  if (apiKind === 'openstack') await waitForHypervisors(admin.session);
  const network = await admin.neutron.networks.create({
    name: management.name,
    shared: true,
    'provider:network_type': 'flat',
    'provider:physical_network': management.physicalNetwork,
  });
  await admin.neutron.subnets.create({
    network_id: network.id,
    name: management.name,
    cidr: management.cidr,
    ip_version: 4,
    gateway_ip: null,
    enable_dhcp: false,
    allocation_pools: [management.allocationPool],
  });
  const projects = { admin: await projectId(admin.session) } as ProvisionResult['projects'];
  const credentials = {} as ProvisionResult['credentials'];
  const ports: ProvisionResult['vms'] = {};
  for (const tenant of ['alice', 'bob'] as const) {
    const { session, neutron } = openAs(tenant, passwords[tenant]);
    projects[tenant] = await projectId(session);
    await admitManagement(neutron, projects[tenant]);
    credentials[tenant] = await createApplicationCredential(session, 'ovn-docker');
    for (const vm of vms.filter((candidate) => candidate.tenant === tenant)) {
      const port = await neutron.ports.create({ network_id: network.id, name: vm.name });
      if (apiKind === 'openstack') await admin.neutron.ports.update(port.id, bindingOf(vm));
      ports[vm.name] = {
        portId: port.id,
        mac: port.mac_address,
        address: port.fixed_ips[0]?.ip_address ?? '',
      };
    }
    session.close();
  }
  admin.session.close();
  return { projects, credentials, vms: ports };
}

/** The hidden command `provision`: it reads and writes JSON. */
export async function provisionFromStdin(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as ProvisionRequest;
  process.stdout.write(JSON.stringify(await provision(request)));
}

/** Opens a session of a user of the lab. */
export function openAs(user: string, password: string): { session: Session; neutron: Neutron } {
  const config: CloudConfig = {
    authUrl: urls.identity,
    auth: {
      type: 'password',
      username: user,
      password,
      project: user,
      userDomain: 'Default',
      projectDomain: 'Default',
    },
  };
  const session = new Session(config);
  return { session, neutron: new Neutron(session) };
}

async function projectId(session: Session): Promise<string> {
  return (await session.token()).project?.id ?? '';
}

/**
 * Allows ingress from the management network; the default group allows it only from the tenant's own ports.
 */
async function admitManagement(neutron: Neutron, project: string): Promise<void> {
  const [group] = await neutron.securityGroups.all({ name: 'default', project_id: project });
  for (const protocol of ['icmp', 'tcp']) {
    await neutron.securityGroupRules.create({
      security_group_id: group?.id ?? '',
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol,
      remote_ip_prefix: management.cidr,
    });
  }
}

/** Creates an application credential with all rights of its user. @throws LabError `LAB_STEP` */
export async function createApplicationCredential(
  session: Session,
  name: string,
): Promise<{ id: string; secret: string }> {
  const token = await session.token();
  const answer = await fetch(`${urls.identity}/users/${token.user.id}/application_credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-auth-token': token.id },
    body: JSON.stringify({
      application_credential: { name, description: 'agents in the lab', unrestricted: false },
    }),
  });
  if (!answer.ok) throw new LabError('LAB_STEP', `application credential: HTTP ${answer.status}`);
  const { application_credential } = (await answer.json()) as {
    application_credential: { id: string; secret: string };
  };
  return application_credential;
}

/**
 * Returns what Nova writes to a VM's port. With embedded-neutron, OVN binds the port where its VIF is
 * plugged.
 */
export function bindingOf({
  name,
  hypervisor,
}: {
  readonly name: string;
  readonly hypervisor: string;
}): PortUpdate {
  return { 'binding:host_id': hypervisor, device_owner: 'compute:nova', device_id: name };
}

/** A hypervisor in the list of Neutron's agents. */
interface AgentView {
  readonly host: string;
  readonly alive: boolean;
  readonly configurations: Readonly<Record<string, string>>;
}

/**
 * Waits until Neutron has read the hypervisors and their provider network from OVN Southbound: it binds no
 * port before.
 */
async function waitForHypervisors(session: Session): Promise<void> {
  const { id: token } = await session.token();
  await waitFor('Neutron to see the hypervisors', async () => {
    const answer = await fetch(`${urls.network}/v2.0/agents`, { headers: { 'x-auth-token': token } });
    const { agents } = (await answer.json()) as { agents: AgentView[] };
    const ready = agents.filter(({ alive, configurations }) => alive && configurations['bridge-mappings']);
    return hypervisors.every(({ name }) => ready.some(({ host }) => host === name));
  });
}
