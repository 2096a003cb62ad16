import type { Port } from '@ovn-docker/openstack';
import { ipVersionOf } from '../../addresses/ip-version.ts';
import { OvnDockerError } from '../../errors.ts';
import { finish } from '../../lifecycle/finish.ts';
import { freeLeftovers, freeWarm } from '../../lifecycle/free-addresses.ts';
import { requireConfirmed } from '../../lifecycle/require-confirmed.ts';
import { writeClaim } from '../../lifecycle/write-claim.ts';
import { requireAddresses } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import { addressesOf, type Nic, type NicAddress } from '../../nics/nic.ts';
import type { AddressPairs } from './address-pairs.ts';
import { changeOrRelease } from './change-or-release.ts';
import { claimNicFor } from './claim-nic.ts';
import { findIpamPool, type IpamPoolPlace } from './find-ipam-pool.ts';

interface AddressRequest {
  readonly ipamPoolId: string;
  /** The address that the container must have, or ''. */
  readonly requested: string;
  /** The name of the container; undefined before Docker 29. */
  readonly containerName: string | undefined;
}

/** Returns an address of a claimed NIC on the subnet of an IPAM pool; the claim notes that Docker has it. */
export async function requestAddress(
  engine: Engine,
  pairs: AddressPairs,
  request: AddressRequest,
): Promise<NicAddress> {
  const place = await findIpamPool(engine, request.ipamPoolId);
  const nic = await chooseNic(engine, pairs, place, request);
  const address = requireAddressOn(nic, place.subnetId);
  await promise(engine, nic, address.address);
  return address;
}

/** Notes in the claim that Docker has the address. The claim of a warm NIC has noted it already. */
async function promise(engine: Engine, nic: Nic, address: string): Promise<void> {
  if (nic.claim?.promised.has(address)) return;
  nic.claim?.promised.add(address);
  await writeClaim(nic, await engine.vm());
}

/**
 * On a network of one IP version, claims a NIC. On a network of both, an IPv4 request claims a NIC, and the
 * IPv6 request after it gets the same NIC.
 */
async function chooseNic(
  engine: Engine,
  pairs: AddressPairs,
  { network, subnetId }: IpamPoolPlace,
  { requested, containerName }: AddressRequest,
): Promise<Nic> {
  const addresses = requested ? { addresses: [requested] } : {};
  const claim = () => claimNicFor(engine, network, { containerName, promisedSubnet: subnetId, ...addresses });
  const versions = new Set(network.subnets.map(({ cidr }) => ipVersionOf(cidr)));
  if (versions.size < 2) return claim();
  const isIpv4 = network.subnets.some(({ id, cidr }) => id === subnetId && ipVersionOf(cidr) === 4);
  if (isIpv4) return pairs.first(network.network, claim);
  const nic = pairs.second(network.network);
  if (!nic) return claim();
  if (requested && requireAddressOn(nic, subnetId).address !== requested) {
    await changeAddress(engine, nic, subnetId, requested);
  }
  return nic;
}

function requireAddressOn(nic: Nic, subnetId: string): NicAddress {
  const address = addressesOf(nic).find(({ subnet }) => subnet.id === subnetId);
  if (address) return address;
  throw new OvnDockerError(
    'E_NETWORK_NO_SUBNET',
    `port ${nic.port?.id} has no address on subnet ${subnetId}`,
    {
      hint: 'the subnet was deleted, or the port is an existing one without an address there: `openstack port set --fixed-ip subnet=SUBNET PORT`',
    },
  );
}

/** `--ip6` arrives in the second request: replaces the port by one with the first address and this one. */
async function changeAddress(engine: Engine, nic: Nic, subnetId: string, requested: string): Promise<void> {
  const addresses = addressesOf(nic).map(({ subnet, address }) =>
    subnet.id === subnetId ? requested : address,
  );
  if (nic.wants.existing) return await refuseExistingPort(engine, nic, nic.wants.existing, addresses);
  await requireConfirmed(engine);
  const vm = await engine.vm();
  const wanted = { networkId: nic.target.network.id, addresses: [requested] };
  await freeLeftovers(engine, wanted);
  await freeWarm(engine, wanted);
  await engine.inTurn.run(nic.id, () => changeOrRelease(engine, nic, vm, { addresses }));
}

/**
 * `--ip` names an existing port that lacks the address of `--ip6`. Finishes the NIC: after the refusal Docker
 * forgets the first address, too.
 */
async function refuseExistingPort(
  engine: Engine,
  nic: Nic,
  existing: Port,
  addresses: readonly string[],
): Promise<never> {
  await engine.inTurn.run(nic.id, () => finish(engine, nic));
  requireAddresses(existing, { addresses });
  throw new OvnDockerError('E_ADDRESS_IN_USE', `port ${existing.id} has changed`);
}
