import type { Neutron, Port } from '@ovn-docker/openstack';
import { z } from 'zod';
import { explained, isNotFound } from '../clients/neutron/refusals.ts';
import { readAtMost } from '../clients/read-at-most.ts';
import { OvnDockerError } from '../errors.ts';
import { type VifSource, vifSources } from './vif-source.ts';

/** What the VM knows about itself. */
export interface VmIdentity {
  /** The configured vif-id: the first of `--vif-id`, OS_VIF_ID and the configuration file. */
  readonly given?: string | undefined;
  /** The vif-id in the VM's certificate, if the VM works through a broker. */
  readonly certified?: string | undefined;
  /** MAC addresses of the uplink and of the bridge that carries the VM's address. */
  readonly macs: readonly string[];
  /** Base URL of the metadata service; an empty string turns it off. */
  readonly metadataUrl: string;
}

// OpenStack metadata, network_data.json: an instance's links with the ids of their Neutron ports.
const networkData = z.object({
  links: z.array(
    z.object({ vif_id: z.guid().optional().catch(undefined), ethernet_mac_address: z.string().optional() }),
  ),
});

/** The VM's own port, and how it was found. */
export interface FoundPort {
  readonly port: Port;
  readonly source: VifSource;
  /** What was wrong with earlier ways of finding it, for the log. */
  readonly doubts: readonly string[];
}

type Search = (neutron: Neutron, vm: VmIdentity) => Promise<Port | undefined>;

const searches: Record<VifSource, Search> = {
  given: async (neutron, { given, macs }) => (given ? requireOwnPort(neutron, given, macs) : undefined),

  certificate: async (neutron, { certified, macs }) =>
    certified ? requireOwnPort(neutron, certified, macs) : undefined,

  metadata: async (neutron, vm) => {
    const vifId = await askMetadata(vm);
    return vifId === undefined ? undefined : requireOwnPort(neutron, vifId, vm.macs);
  },

  neutron: async (neutron, { macs }) => {
    for (const mac of macs) {
      const [port, ...others] = await explained(neutron.ports.all({ mac_address: mac }));
      if (others.length > 0) throw ambiguous(mac, [port, ...others]);
      if (port) return port;
    }
    return undefined;
  },
};

/**
 * Finds the VM's own Neutron port: as configured, else as its certificate says, else by the metadata service,
 * else by the uplink's MAC. A metadata service that names a wrong port counts as one that names none.
 * @param ways the ways to try
 * @throws OvnDockerError `E_VIF_UNKNOWN` `E_VIF_NOT_THIS_VM` `E_VIF_NOT_FOUND`
 */
export async function findParentPort(
  neutron: Neutron,
  vm: VmIdentity,
  ways: readonly VifSource[] = vifSources,
): Promise<FoundPort> {
  const doubts: string[] = [];
  for (const source of ways) {
    const port = await searches[source](neutron, vm).catch((error: unknown) => {
      if (source !== 'metadata' || !isWrongVif(error)) throw error;
      doubts.push(`the metadata service is wrong: ${error.message}; the MAC address decides`);
      return undefined;
    });
    if (port) return { port, source, doubts };
  }
  const tried = `found by none of: ${ways.join(', ')}; this VM has the MAC address ${vm.macs.join(' or ')}`;
  throw new OvnDockerError('E_VIF_NOT_FOUND', `this VM's own port was ${tried}`);
}

/**
 * The port with that id, if it belongs to this VM's uplink: behind another port, frames of its children would
 * not reach OVN.
 * @throws OvnDockerError `E_VIF_UNKNOWN` when this project does not see the port, `E_VIF_NOT_THIS_VM`
 */
export async function requireOwnPort(
  neutron: Neutron,
  vifId: string,
  macs: readonly string[],
): Promise<Port> {
  const port = await neutron.ports.get(vifId).catch((error: unknown) => {
    if (!isNotFound(error)) return explained(Promise.reject(error));
    throw new OvnDockerError('E_VIF_UNKNOWN', `vif-id ${vifId} is not a port of this project`, {
      cause: error,
    });
  });
  if (!macs.includes(port.mac_address.toLowerCase())) {
    throw new OvnDockerError(
      'E_VIF_NOT_THIS_VM',
      `vif-id ${vifId} has MAC address ${port.mac_address}; this VM has ${macs.join(', ')}`,
    );
  }
  return port;
}

function isWrongVif(error: unknown): error is OvnDockerError {
  return (
    error instanceof OvnDockerError && (error.code === 'E_VIF_UNKNOWN' || error.code === 'E_VIF_NOT_THIS_VM')
  );
}

/** A MAC address is unique on its network only, so two VMs of one project can have the same. */
function ambiguous(mac: string, ports: readonly (Port | undefined)[]): OvnDockerError {
  const ids = ports.map((port) => port?.id).join(', ');
  return new OvnDockerError('E_VIF_NOT_FOUND', `several ports have this VM's MAC address ${mac}: ${ids}`, {
    hint: "name this VM's port: --vif-id, OS_VIF_ID or vif_id in the configuration",
  });
}

/** Limit in bytes: a VM with 28 interfaces has about 20 KB. */
const LONGEST_METADATA = 2 ** 20;

async function askMetadata({ metadataUrl, macs }: VmIdentity): Promise<string | undefined> {
  if (!metadataUrl) return undefined;
  try {
    const url = new URL('/openstack/latest/network_data.json', metadataUrl);
    // Another program in place of the metadata service must not send the agent to other hosts.
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2000) });
    if (!answer.ok || answer.body === null) return undefined;
    const { links } = networkData.parse(JSON.parse(await readAtMost(answer.body, LONGEST_METADATA)));
    return links.find((link) => macs.includes(link.ethernet_mac_address?.toLowerCase() ?? ''))?.vif_id;
  } catch {
    // No metadata service, or not an OpenStack one: the next way asks Neutron.
    return undefined;
  }
}
