import { requestedIp } from '../../addresses/requested-address.ts';
import { finish } from '../../lifecycle/finish.ts';
import type { Engine } from '../../nics/engine.ts';
import { AddressPairs } from './address-pairs.ts';
import { findIpamPool } from './find-ipam-pool.ts';
import type { IpamPoolRequests } from './ipam-pool-requests.ts';
import { constant, type Methods, method } from './method.ts';
import { requestAddress } from './request-address.ts';
import { requestIpamPool } from './request-ipam-pool.ts';
import { gatewayAddress, reservedAddress } from './reserved-addresses.ts';
import { ADDRESS_SPACE, ENDPOINT_NAME, GATEWAY_REQUEST, type Requests, requests } from './wire.ts';

/**
 * Docker's remote IPAM driver (moby libnetwork, docs/ipam.md). Neutron is the IPAM: RequestAddress returns
 * the address of a complete NIC, so CreateEndpoint and Join need no further answer from Neutron.
 */
export function ipamDriver(engine: Engine, ipamPoolRequests: IpamPoolRequests): Methods {
  const pairs = new AddressPairs();
  return {
    GetCapabilities: constant({ RequiresMACAddress: false, RequiresRequestReplay: false }),

    GetDefaultAddressSpaces: constant({
      LocalDefaultAddressSpace: ADDRESS_SPACE,
      GlobalDefaultAddressSpace: 'ovn-docker-global',
    }),

    RequestPool: method(requests.RequestPool, async (request) => {
      const { ipamPoolId, cidr } = await requestIpamPool(engine, ipamPoolRequests, request);
      return { PoolID: ipamPoolId, Pool: cidr, Data: {} };
    }),

    // An IPAM pool is a Neutron subnet: DeleteNetwork deletes it together with the network.
    ReleasePool: method(requests.ReleasePool, ({ PoolID }) => {
      ipamPoolRequests.release(PoolID);
      return {};
    }),

    RequestAddress: method(requests.RequestAddress, async ({ PoolID, Address: text, Options }) => {
      const Address = text && requestedIp(text);
      if (Options?.[GATEWAY_REQUEST.key] === GATEWAY_REQUEST.value) {
        return { Address: await gatewayAddress(engine.neutron, PoolID, Address), Data: {} };
      }
      // Between RequestPool and CreateNetwork, Docker requests only the addresses that no container may have.
      if (Address && ipamPoolRequests.isOpen(PoolID)) {
        return { Address: await reservedAddress(engine, PoolID, Address), Data: {} };
      }
      const { cidr } = await requestAddress(engine, pairs, {
        ipamPoolId: PoolID,
        requested: Address,
        containerName: Options?.[ENDPOINT_NAME],
      });
      return { Address: cidr, Data: {} };
    }),

    ReleaseAddress: method(requests.ReleaseAddress, async (request) => {
      await releaseAddress(engine, request);
      return {};
    }),
  };
}

/** Finishes the NIC when Docker releases its last address, even if Docker never called DeleteEndpoint. */
async function releaseAddress(
  engine: Engine,
  { PoolID, Address: text }: Requests['ReleaseAddress'],
): Promise<void> {
  const Address = requestedIp(text);
  const ipamPool = await findIpamPool(engine, PoolID).catch(() => undefined);
  const nic = ipamPool && engine.nics.withAddress(ipamPool.subnetId, Address);
  if (!nic) return;
  await engine.inTurn.run(nic.id, async () => {
    // A repeated call, or another container has the address by now.
    if (!nic.claim?.promised.delete(Address)) return;
    if (nic.claim.promised.size === 0) await finish(engine, nic);
  });
}
