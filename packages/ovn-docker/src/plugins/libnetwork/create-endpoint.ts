import { requestedMac as macOf } from '../../addresses/requested-address.ts';
import { OvnDockerError } from '../../errors.ts';
import { freeLeftovers, freeWarm } from '../../lifecycle/free-addresses.ts';
import { writeClaim } from '../../lifecycle/write-claim.ts';
import { requireAddresses, requireMacAvailable } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import { type Nic, requirePlugged } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';
import { changeOrRelease } from './change-or-release.ts';
import { findOrClaimNic } from './find-or-claim-nic.ts';
import { publishesPorts, type Requests } from './wire.ts';

/**
 * Assigns the endpoint to the NIC whose address RequestAddress returned. If Docker's default IPAM driver
 * chose the address, claims a NIC with it.
 */
export async function createEndpoint(
  engine: Engine,
  request: Requests['CreateEndpoint'],
): Promise<{ Interface: { MacAddress?: string | undefined } }> {
  if (publishesPorts(request.Options)) {
    throw new OvnDockerError('E_PUBLISH', 'ports of a container on a logical network cannot be published');
  }
  const vm = await engine.vm();
  const requestedMac = request.Interface?.MacAddress ? macOf(request.Interface.MacAddress) : '';
  const nic = engine.nics.withEndpoint(request.EndpointID) ?? (await findOrClaimNic(engine, vm, request));
  await engine.inTurn.run(nic.id, async () => {
    requirePlugged(nic);
    if (requestedMac && nic.port?.mac_address !== requestedMac) {
      await changeMac(engine, nic, vm, requestedMac);
    }
    await assignEndpoint(nic, vm, request.EndpointID);
  });
  // The answer must not repeat what the request contains.
  return { Interface: requestedMac ? {} : { MacAddress: nic.port?.mac_address } };
}

/**
 * `--mac-address`: replaces the port by one with the MAC address and with the addresses that Docker already
 * has. An existing port is not changed.
 */
async function changeMac(engine: Engine, nic: Nic, vm: Vm, mac: string): Promise<void> {
  const addresses = [...(nic.claim?.promised ?? [])];
  if (nic.wants.existing) requireAddresses(nic.wants.existing, { addresses, mac });
  await freeLeftovers(engine, { networkId: nic.target.network.id, mac });
  await freeWarm(engine, { networkId: nic.target.network.id, mac });
  await requireMacAvailable(engine, nic.target.network.id, mac, addresses);
  await changeOrRelease(engine, nic, vm, { mac });
}

/** Writes the endpoint to the NIC's claim, in one OVSDB transaction; none if the claim already has it. */
async function assignEndpoint(nic: Nic, vm: Vm, endpointId: string): Promise<void> {
  if (!nic.claim || nic.claim.endpointId === endpointId) return;
  nic.claim.endpointId = endpointId;
  nic.claim.isInDocker = undefined;
  await writeClaim(nic, vm);
}
