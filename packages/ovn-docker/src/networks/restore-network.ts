import { parseCidr } from '../addresses/cidr.ts';
import { ipVersionOf } from '../addresses/ip-version.ts';
import { findNetwork, type NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { shortId } from '../clients/short-id.ts';
import { publishModes } from '../config/agent-config.ts';
import { optionNames } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { warn } from '../observe/warnings.ts';
import { checkOptions } from './check-options.ts';
import { dockerNetworks, NETWORKS_IN_TURN } from './docker-networks.ts';
import { poolOf } from './docker-target.ts';
import { fittingSubnet, namedNetwork } from './named-network.ts';
import { networkLabels } from './network-labels.ts';
import { type NetworkOptions, securityGroupsOption } from './options.ts';

/** What Docker stores of the request that created the network. */
interface StoredByDocker {
  readonly options: NetworkOptions;
  readonly ipamOptions: NetworkOptions;
  readonly cidrs: readonly string[];
  readonly internal: boolean;
}

/**
 * Records again which Neutron network is behind a Docker network, after the VM's switch lost its database.
 * The options that Docker stores name the Neutron network; if the agent created it, its name contains
 * Docker's id.
 * @throws OvnDockerError `E_NETWORK_UNKNOWN` when the Neutron network does not exist any more
 */
export async function restoreNetwork(
  engine: Engine,
  dockerId: string,
  { options, ipamOptions, cidrs, internal }: StoredByDocker,
): Promise<void> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch, vifId } = await engine.vm();
    if (dockerNetworks.all(vmSwitch).has(dockerId)) return;
    warnOfMistakes(engine, dockerId, options, '-o');
    warnOfMistakes(engine, dockerId, ipamOptions, '--ipam-opt');
    const named =
      (await namedNetwork(engine.neutron, options)) ?? (await namedNetwork(engine.neutron, ipamOptions));
    const existing = named ?? (await findMadeNetwork(engine, vifId, dockerId));
    const allOptions = { ...ipamOptions, ...options };
    const subnets = cidrs.map((range) => {
      const { cidr } = parseCidr(range);
      const version = ipVersionOf(cidr);
      return { id: fittingSubnet(existing, { options: allOptions, cidr, version }).id, cidr };
    });
    const securityGroups = await findSecurityGroups(engine.neutron, securityGroupsOption(options));
    // A wrong value causes a warning above.
    const publish = publishModes.find((mode) => mode === options[optionNames.publish]);
    const network = {
      network: existing.network.id,
      subnets,
      made: named === undefined,
      ...(internal ? { internal } : {}),
      ...(securityGroups.length > 0 ? { securityGroups } : {}),
      ...(publish ? { publish } : {}),
    };
    const pool = await poolOf(engine, network);
    await dockerNetworks.put(vmSwitch, dockerId, network);
    engine.wake(pool);
  });
}

/**
 * Warns of options that `docker network create` would refuse. Docker created the network, perhaps with an
 * earlier agent that did not check them, so its containers must go on working.
 */
function warnOfMistakes(
  { log }: Engine,
  dockerNetwork: string,
  options: NetworkOptions,
  flag: '-o' | '--ipam-opt',
): void {
  try {
    for (const warning of checkOptions(options, flag)) warn(log, warning, { dockerNetwork });
  } catch (error) {
    warn(log, `a Docker network has a wrong option: ${(error as Error).message}`, { dockerNetwork });
  }
}

async function findMadeNetwork(
  { neutron }: Engine,
  vifId: string,
  dockerId: string,
): Promise<NetworkWithSubnets> {
  const [made] = await explained(neutron.networks.all(networkLabels(vifId, dockerId)));
  if (made) return findNetwork(neutron, made.id);
  throw new OvnDockerError(
    'E_NETWORK_UNKNOWN',
    `Neutron has no network for Docker network ${shortId(dockerId)}`,
  );
}
