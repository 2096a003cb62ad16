import { text } from 'node:stream/consumers';
import { type CloudConfig, Neutron, type PortUpdate, Session } from '@ovn-docker/openstack';
import type { Passwords } from './clouds/cloud.ts';
import type { CloudName } from './clouds/cloud-name.ts';
import { LabError } from './errors.ts';
import { waitFor } from './machine/process.ts';
import { hypervisors, management, type Tenant, urls, vms } from './topology.ts';

/** What {@link provision} is told and what it answers; both cross a pipe as JSON. */
export interface ProvisionRequest {
  readonly cloud: CloudName;
  readonly passwords: Passwords;
}
export interface ProvisionResult {
  readonly projects: Record<Tenant | 'admin', string>;
  readonly credentials: Record<Tenant, { id: string; secret: string }>;
  readonly vms: Record<string, { portId: string; mac: string; address: string }>;
}

/**
 * What an operator and the tenants do on any OpenStack before there are containers, through the API alone: the operator
 * makes the management network on the provider network, the tenants let it reach their VMs and make the VMs' ports.
 * Runs inside the lab, where the API can be reached.
 */
export async function provision({ cloud, passwords }: ProvisionRequest): Promise<ProvisionResult> {
  const admin = open('admin', passwords.admin);
  if (cloud === 'openstack') await waitForHypervisors(admin.session);
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
    allocation_pools: [management.pool],
  });
  const projects = { admin: await projectId(admin.session) } as ProvisionResult['projects'];
  const credentials = {} as ProvisionResult['credentials'];
  const ports: ProvisionResult['vms'] = {};
  for (const tenant of ['alice', 'bob'] as const) {
    const { session, neutron } = open(tenant, passwords[tenant]);
    projects[tenant] = await projectId(session);
    await admitManagement(neutron, projects[tenant]);
    credentials[tenant] = await createApplicationCredential(session);
    for (const vm of vms.filter((candidate) => candidate.tenant === tenant)) {
      const port = await neutron.ports.create({ network_id: network.id, name: vm.name });
      if (cloud === 'openstack') await admin.neutron.ports.update(port.id, bindingOf(vm));
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

/** The hidden command of the lab: JSON in, JSON out. */
export async function provisionFromStdin(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as ProvisionRequest;
  process.stdout.write(JSON.stringify(await provision(request)));
}

function open(user: string, password: string): { session: Session; neutron: Neutron } {
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

/** Ingress from the management network: without it the default group lets in nobody but the tenant's own ports. */
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

async function createApplicationCredential(session: Session): Promise<{ id: string; secret: string }> {
  const token = await session.token();
  const answer = await fetch(`${urls.identity}/users/${token.user.id}/application_credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-auth-token': token.id },
    body: JSON.stringify({
      application_credential: { name: 'ovn-docker', description: 'agents in the lab', unrestricted: false },
    }),
  });
  if (!answer.ok) throw new LabError('LAB_STEP', `application credential: HTTP ${answer.status}`);
  const { application_credential } = (await answer.json()) as {
    application_credential: { id: string; secret: string };
  };
  return application_credential;
}

/** What Nova tells Neutron when it starts a VM. embedded-neutron leaves the choice to the VIF's place. */
function bindingOf({ name, hypervisor }: (typeof vms)[number]): PortUpdate {
  return { 'binding:host_id': hypervisor, device_owner: 'compute:nova', device_id: name };
}

interface AgentView {
  readonly host: string;
  readonly alive: boolean;
  readonly configurations: Readonly<Record<string, string>>;
}

/** Neutron binds no port to a hypervisor that it has not yet seen in OVN Southbound, with its provider network. */
async function waitForHypervisors(session: Session): Promise<void> {
  const { id: token } = await session.token();
  await waitFor('Neutron to see the hypervisors', async () => {
    const answer = await fetch(`${urls.network}/v2.0/agents`, { headers: { 'x-auth-token': token } });
    const { agents } = (await answer.json()) as { agents: AgentView[] };
    const ready = agents.filter(({ alive, configurations }) => alive && configurations['bridge-mappings']);
    return hypervisors.every(({ name }) => ready.some(({ host }) => host === name));
  });
}
