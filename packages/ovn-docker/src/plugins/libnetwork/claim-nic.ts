import { shortId } from '../../clients/short-id.ts';
import { acquire } from '../../lifecycle/acquire.ts';
import type { DockerNetwork } from '../../networks/docker-networks.ts';
import { poolOf } from '../../networks/docker-target.ts';
import { findExistingPort } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Claim, Nic } from '../../nics/nic.ts';

/** What Docker requires of a NIC on a Docker network; `subnetId` is the subnet of the first address. */
interface Requirements {
  readonly subnetId: string;
  readonly addresses?: readonly string[];
  readonly mac?: string;
}

/**
 * Claims a NIC for an endpoint: any NIC when Docker requires no address, else a NIC with the existing port
 * that has the address, else a NIC with a new port.
 */
export async function claimNic(
  engine: Engine,
  network: DockerNetwork,
  { subnetId, addresses = [], mac }: Requirements,
  claim: Pick<Claim, 'endpointId'> = {},
): Promise<Nic> {
  const pool = await poolOf(engine, network);
  const name = `docker-${shortId(claim.endpointId ?? crypto.randomUUID())}`;
  const [address] = addresses;
  if (!mac && !address) return acquire(engine, { pool, wants: { name }, claim });
  // Requests for the same address run one after the other, so that only one of them finds the existing port
  // unused.
  return engine.inTurn.run(`${network.network} ${mac ?? address}`, async () => {
    const existing = await findExistingPort(engine, pool, { subnetId, addresses, mac });
    const wants = existing
      ? { name, existing }
      : { name, ...(address ? { addresses } : {}), ...(mac ? { mac } : {}) };
    return acquire(engine, { pool, wants, claim });
  });
}
