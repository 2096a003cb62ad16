import { acquire } from '../../lifecycle/acquire.ts';
import type { DockerNetwork } from '../../networks/docker-networks.ts';
import { poolOf } from '../../networks/docker-target.ts';
import { findExistingPort } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Claim, Nic } from '../../nics/nic.ts';

/** What is asked of a NIC on a Docker network; `subnetId` is that of the first address. */
interface Wish {
  readonly subnetId: string;
  readonly addresses?: readonly string[];
  readonly mac?: string;
}

/**
 * Takes a NIC for an endpoint: any one when nothing is asked of it, else the port that a tenant made before with this
 * address, else a new port.
 */
export async function claimNic(
  engine: Engine,
  network: DockerNetwork,
  { subnetId, addresses = [], mac }: Wish,
  claim: Pick<Claim, 'endpointId'> = {},
): Promise<Nic> {
  const pool = await poolOf(engine, network);
  const name = `docker-${(claim.endpointId ?? crypto.randomUUID()).slice(0, 12)}`;
  const [address] = addresses;
  if (!mac && !address) return acquire(engine, { pool, wants: { name }, claim });
  // One after the other: whether a port is unused is asked before it is taken.
  return engine.inTurn.run(`${network.network} ${mac ?? address}`, async () => {
    const existing = await findExistingPort(engine, pool, { subnetId, addresses, mac });
    const wants = existing
      ? { name, existing }
      : { name, ...(address ? { addresses } : {}), ...(mac ? { mac } : {}) };
    return acquire(engine, { pool, wants, claim });
  });
}
