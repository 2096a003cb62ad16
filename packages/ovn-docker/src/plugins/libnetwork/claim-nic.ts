import { shortId } from '../../clients/short-id.ts';
import { claimNic } from '../../networks/claim-nic.ts';
import type { DockerNetwork } from '../../networks/docker-networks.ts';
import { poolOf } from '../../networks/docker-target.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Claim, Nic, NicWishes } from '../../nics/nic.ts';

/** What Docker requires of an endpoint's NIC. */
interface Requirements extends Pick<NicWishes, 'addresses' | 'mac'> {
  /** Name for a new port; the port of a warm NIC keeps its name. */
  readonly containerName?: string | undefined;
  /** Id of the subnet whose address the caller returns to Docker. */
  readonly promisedSubnet?: string;
}

/** Claims a NIC with the addresses that Docker requires for an endpoint. */
export async function claimNicFor(
  engine: Engine,
  network: DockerNetwork,
  { containerName, promisedSubnet, ...required }: Requirements,
  claim: Pick<Claim, 'endpointId'> = {},
): Promise<Nic> {
  const pool = await poolOf(engine, network);
  const name = containerName || `docker-${shortId(claim.endpointId ?? crypto.randomUUID())}`;
  const promise = promisedSubnet === undefined ? {} : { promisedSubnet };
  return claimNic(engine, { pool, wants: { name, ...required }, claim, ...promise });
}
