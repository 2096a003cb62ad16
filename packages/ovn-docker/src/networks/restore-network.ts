import { parseCidr } from '../addresses/cidr.ts';
import { findNetwork } from '../clients/neutron/networks.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { NETWORKS_IN_TURN } from '../plugins/libnetwork/create-network.ts';
import { dockerNetworks } from './docker-networks.ts';
import { poolOf } from './docker-target.ts';
import { fittingSubnet, namedNetwork } from './named-network.ts';
import { networkMarks } from './network-marks.ts';
import { securityGroupsOption, versionOf } from './options.ts';

/** What Docker keeps of what it was told when the network was made. */
interface KnownToDocker {
  readonly options: Readonly<Record<string, string>>;
  readonly ipamOptions: Readonly<Record<string, string>>;
  readonly cidrs: readonly string[];
  readonly internal: boolean;
}

/**
 * Notes again which Neutron network stands behind a Docker network, when the VM's switch has lost its database: Docker still
 * knows the options, and what we made for it bears its id.
 * @throws OvnDockerError `E_NETWORK_UNKNOWN` when there is no such network any more
 */
export async function restoreNetwork(
  engine: Engine,
  dockerId: string,
  { options, ipamOptions, cidrs, internal }: KnownToDocker,
): Promise<void> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch, vifId } = await engine.vm();
    if (dockerNetworks.all(vmSwitch).has(dockerId)) return;
    const named =
      (await namedNetwork(engine.neutron, options)) ?? (await namedNetwork(engine.neutron, ipamOptions));
    const behind = named ?? (await findNetwork(engine.neutron, await madeFor(engine, vifId, dockerId)));
    const given = { ...ipamOptions, ...options };
    const subnets = cidrs.map((range) => {
      const { cidr } = parseCidr(range);
      return { id: fittingSubnet(behind, { given, cidr, version: versionOf(cidr) }).id, cidr };
    });
    const groups = securityGroupsOption(options);
    const network = {
      network: behind.network.id,
      subnets,
      made: named === undefined,
      ...(internal ? { internal } : {}),
      ...(groups.length > 0 ? { securityGroups: await findSecurityGroups(engine.neutron, groups) } : {}),
    };
    const pool = await poolOf(engine, network);
    await dockerNetworks.put(vmSwitch, dockerId, network);
    engine.wake(pool);
  });
}

async function madeFor({ neutron }: Engine, vifId: string, dockerId: string): Promise<string> {
  const [made] = await explained(neutron.networks.all(networkMarks(vifId, dockerId)));
  if (made) return made.id;
  throw new OvnDockerError(
    'E_NETWORK_UNKNOWN',
    `nothing stands behind Docker network ${dockerId.slice(0, 12)}`,
  );
}
