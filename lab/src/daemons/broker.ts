import { stringify } from 'yaml';
import { installFile } from '../machine/install-file.ts';
import type { Machine } from '../machine/machine.ts';
import { openrcOf } from '../openrc.ts';
import { management, type Tenant } from '../topology.ts';
import { installProgram } from './node-program.ts';

/** What a VM needs to join a broker. */
export interface BrokerInvitation {
  readonly url: string;
  readonly token: string;
  readonly caHash: string;
}

/** A broker serves one project, so each tenant has one, with a port of its own. */
const portOf = { alice: 9797, bob: 9798 } as const satisfies Record<Tenant, number>;

/** The URL of a tenant's broker. */
export function brokerUrl(tenant: Tenant): string {
  return `https://${management.api}:${portOf[tenant]}`;
}

/** The name of its process and its log on the API host. */
export function brokerName(tenant: Tenant): string {
  return `broker-${tenant}`;
}

const configOf = (tenant: Tenant) => `/etc/ovn-docker-broker/${tenant}/config.yaml`;

/**
 * Configures a tenant's broker on the API host, with a credential that allows only what a broker sends to
 * Neutron.
 */
export async function configureBroker(api: Machine, tenant: Tenant, password: string): Promise<void> {
  installProgram(api, 'ovn-docker-broker');
  const clouds = `/etc/ovn-docker-broker/${tenant}/clouds.yaml`;
  const folder = `/var/lib/ovn-docker-broker/${tenant}`;
  await api.must(['mkdir', '--parents', '--mode=700', folder]);
  const env = { ...openrcOf(tenant, password), OS_REGION_NAME: 'RegionOne' };
  await installFile(api, clouds, await api.must(['ovn-docker-broker', 'credential'], { env }));
  const config = {
    listen: `${management.api}:${portOf[tenant]}`,
    names: [management.api],
    folder,
    cloud: { clouds_yaml: clouds, cloud: 'ovn-docker' },
  };
  await installFile(api, configOf(tenant), stringify(config));
}

/** Starts or restarts a tenant's broker and waits until it serves. */
export async function startBroker(api: Machine, tenant: Tenant): Promise<void> {
  const name = brokerName(tenant);
  const before = api.log(name).length;
  await api.start(name, ['ovn-docker-broker', 'serve', '--config', configOf(tenant)]);
  await api.waitForLog(name, '"ready":true', before);
}

/** Runs a command of a tenant's broker on the API host, such as `revoke ID`. */
export function runBroker(api: Machine, tenant: Tenant, ...command: string[]): Promise<string> {
  return api.must(['ovn-docker-broker', ...command, '--config', configOf(tenant)]);
}

/** Invites the VM with this port. */
export async function inviteVm(
  api: Machine,
  tenant: Tenant,
  portId: string,
  ...options: string[]
): Promise<BrokerInvitation> {
  const output = await runBroker(api, tenant, 'invite', '--vm', portId, '--json', ...options);
  const { token, ca_hash: caHash } = JSON.parse(output) as { token: string; ca_hash: string };
  return { url: brokerUrl(tenant), token, caHash };
}

/** Runs `ovn-docker join` in a VM, which then has no credential. */
export async function joinBroker(machine: Machine, invitation: BrokerInvitation): Promise<void> {
  installProgram(machine, 'ovn-docker');
  const { url, token, caHash } = invitation;
  await machine.must(['ovn-docker', 'join', url, '--token-file', '-', '--ca-hash', caHash], { input: token });
}
