import { acquire, acquireKnown, type NicRequest } from '../lifecycle/acquire.ts';
import { freeLeftovers } from '../lifecycle/free-addresses.ts';
import { requireConfirmed } from '../lifecycle/require-confirmed.ts';
import type { Engine } from '../nics/engine.ts';
import type { PluggedNic } from '../nics/nic.ts';
import { findExistingPort } from './existing-port.ts';

/**
 * Claims a NIC: any NIC when the request names no address, else a NIC with the existing port that has the
 * address, else a NIC with a new port. The agent's own leftovers give up the address first.
 */
export async function claimNic(engine: Engine, request: NicRequest): Promise<PluggedNic> {
  const { pool, wants, neutron } = request;
  const { addresses = [], mac } = wants;
  const subject = mac ?? addresses[0];
  if (subject === undefined) return acquire(engine, request);
  const { id: networkId } = pool.target.network;
  // Requests for the same address run one after the other, so that only one of them finds the existing port
  // unused.
  return engine.inTurn.run(`${networkId} ${subject}`, async () => {
    if (engine.unconfirmed !== undefined) {
      const known = await acquireKnown(engine, request);
      if (known) return known;
      await requireConfirmed(engine);
    }
    await freeLeftovers(engine, { networkId, addresses, mac });
    // The agent finds ports of its own project only; a caller's token may be for another project.
    const existing = neutron ? undefined : await findExistingPort(engine, pool, { addresses, mac });
    return acquire(engine, existing ? { ...request, wants: { name: wants.name, existing } } : request);
  });
}
