import { Neutron, OpenStackClientError, OpenStackError, type Port } from '@ovn-docker/openstack';
import { isSource } from '../access/source-addresses.ts';
import { Authority } from '../certificates/authority.ts';
import { openSession } from '../cloud/open-session.ts';
import { type Config, publicUrl } from '../config.ts';
import { BrokerError } from '../errors.ts';
import { openLog } from '../log.ts';
import { type Invitation, Invitations } from '../records/invitations.ts';
import { timeAfter } from './time-after.ts';

/** Options of `invite`, as the user writes them. */
export interface InviteOptions {
  readonly vm: string;
  readonly networks?: string;
  readonly withNetworks?: true;
  readonly maxPorts?: string;
  readonly from?: string;
  readonly expires: string;
  readonly replace?: true;
}

/** What a VM needs to join. The token is stored nowhere. */
export interface Invited {
  readonly invitation: Invitation;
  readonly token: string;
  readonly caHash: string;
  /** The command line for the VM. */
  readonly command: string;
}

/**
 * Invites a VM: checks its port and networks in Neutron, creates its trunk if it needs one, and records the
 * invitation.
 *
 * @throws BrokerError VM_UNKNOWN, NETWORK_UNKNOWN, TRUNK_MISSING, OPTION_INVALID, NO_CREDENTIAL,
 * CLOUD_UNREACHABLE, FOLDER_UNUSABLE
 */
export async function invite(config: Config, options: InviteOptions, env = process.env): Promise<Invited> {
  const expires_at = timeAfter(options.expires).toISOString();
  const sources = options.from === undefined ? null : listOf(options.from);
  const unusable = sources?.find((source) => !isSource(source));
  if (unusable !== undefined) {
    throw new BrokerError('OPTION_INVALID', `--from: "${unusable}" is neither an address nor a CIDR`);
  }
  const max_ports = options.maxPorts === undefined ? null : numberOf(options.maxPorts);
  await using session = await openSession(config, openLog('warn'), env);
  const neutron = new Neutron(session);
  const { id: vif_id, project_id = '' } = await findPort(neutron, options.vm);
  const networks =
    options.networks === undefined ? null : await findNetworks(neutron, listOf(options.networks));
  if (config.parent_mode === 'trunk') await ensureTrunk(neutron, vif_id);
  const authority = await Authority.open(config.folder);
  const invitations = new Invitations(config.folder);
  const with_networks = options.withNetworks ?? false;
  const given = { vif_id, project_id, networks, with_networks, sources, max_ports, expires_at };
  const earlier = options.replace ? await invitations.all() : [];
  const created = await invitations.create(given);
  for (const { id } of earlier.filter((each) => each.vif_id === vif_id)) await invitations.revoke(id);
  const command = `ovn-docker join ${publicUrl(config)} --token ${created.token} --ca-hash ${authority.hash}`;
  return { ...created, caHash: authority.hash, command };
}

/** The VM's own port, which must be in the credential's project. */
async function findPort(neutron: Neutron, id: string): Promise<Port> {
  const port = await reachable(neutron.ports.get(id)).catch((error: unknown) => {
    if (error instanceof OpenStackError && error.status === 404) return undefined;
    throw error;
  });
  const project = await reachable(neutron.ownProject());
  if (port?.project_id === project) return port;
  throw new BrokerError('VM_UNKNOWN', `the project ${project} of the broker's credential has no port ${id}`);
}

async function findNetworks(neutron: Neutron, wanted: readonly string[]): Promise<string[]> {
  const all = await reachable(neutron.networks.all({ fields: ['id', 'name'] }));
  return wanted.map((nameOrId) => {
    const same = all.filter(({ id, name }) => id === nameOrId || name === nameOrId);
    const [network] = same;
    if (network !== undefined && same.length === 1) return network.id;
    const many = same.length > 1 ? 'several networks are' : 'no network is';
    throw new BrokerError('NETWORK_UNKNOWN', `${many} called "${nameOrId}"`);
  });
}

/** Agents behind the broker cannot create a trunk, so it must exist before the VM joins. */
async function ensureTrunk(neutron: Neutron, portId: string): Promise<void> {
  const [trunk] = await reachable(neutron.trunks.all({ port_id: portId, fields: ['id'] }));
  if (trunk !== undefined) return;
  await neutron.trunks.create({ port_id: portId, name: 'ovn-docker' }).catch((cause: unknown) => {
    if (!(cause instanceof OpenStackClientError)) throw cause;
    throw new BrokerError('TRUNK_MISSING', `port ${portId} has no trunk: ${cause.message}`, { cause });
  });
}

/** Passes on a 404, which is an answer, and reports all other errors of the client. */
async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isAnswer = error instanceof OpenStackError && error.status === 404;
    if (isAnswer || !(error instanceof OpenStackClientError)) throw error;
    throw new BrokerError('CLOUD_UNREACHABLE', error.message, { cause: error });
  }
}

function numberOf(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= 4094) return Number(text);
  throw new BrokerError('OPTION_INVALID', `--max-ports: "${text}" is no number from 0 to 4094`);
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
