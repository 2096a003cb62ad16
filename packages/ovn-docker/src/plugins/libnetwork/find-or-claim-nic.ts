import { requestedIp, requestedMac } from '../../addresses/requested-address.ts';
import { OvnDockerError } from '../../errors.ts';
import { differInGroups, replaceSecurityGroups } from '../../lifecycle/replace-security-groups.ts';
import { type DockerNetwork, dockerNetworks } from '../../networks/docker-networks.ts';
import { poolOf } from '../../networks/docker-target.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Nic } from '../../nics/nic.ts';
import { poolKey } from '../../nics/pool.ts';
import type { Vm } from '../../vm/vm.ts';
import { changeOrRelease } from './change-or-release.ts';
import { claimNicFor } from './claim-nic.ts';
import { uniteAddresses } from './unite-addresses.ts';
import { type Requests, withoutPrefixLength } from './wire.ts';

/**
 * Finds the NIC whose address RequestAddress returned for the endpoint. If there is none, Docker's default
 * IPAM driver chose the addresses: claims a NIC with them.
 */
export async function findOrClaimNic(
  engine: Engine,
  vm: Vm,
  request: Requests['CreateEndpoint'],
): Promise<Nic> {
  const network = dockerNetworks.get(vm.vmSwitch, request.NetworkID);
  const { Address: v4 = '', AddressIPv6: v6 = '', MacAddress: mac = '' } = request.Interface ?? {};
  const addresses = [v4, v6].flatMap((address) =>
    address ? requestedIp(withoutPrefixLength(address) ?? '') : [],
  );
  const holders = network.subnets.flatMap(({ id }) =>
    addresses.flatMap((address) => engine.nics.withAddress(id, address) ?? []),
  );
  const nic = holders.find(({ claim }) => claim && claim.promised.size > 0);
  if (nic) {
    requireNoEndpoint(nic, addresses.join(' and '));
    for (const address of addresses) await uniteAddresses(engine, nic, address);
    await moveToNetwork(engine, nic, network);
    return nic;
  }
  const required = {
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(mac ? { mac: requestedMac(mac) } : {}),
  };
  try {
    return await claimNicFor(engine, network, required, { endpointId: request.EndpointID });
  } catch (error) {
    throw withIpamHint(error);
  }
}

/** The user may have chosen no address: on a network without `--ipam-driver ovn`, Docker chooses it. */
function withIpamHint(error: unknown): unknown {
  if (!(error instanceof OvnDockerError) || error.code !== 'E_ADDRESS_IN_USE') return error;
  const hint = `if you chose no address, Docker did, because its network lacks the IPAM driver: create that network again with \`--ipam-driver ovn\`; else ${error.hint}`;
  return new OvnDockerError(error.code, error.message, { hint, cause: error });
}

function requireNoEndpoint(nic: Nic, address: string): void {
  if (nic.claim?.endpointId === undefined) return;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to another endpoint`);
}

/**
 * RequestAddress does not name the Docker network, so the NIC may have the target of another Docker network
 * with the same subnet. If that network has other security groups, changes the port's security groups. If it
 * has other subnets, replaces the port by one with the addresses that Docker already has.
 */
async function moveToNetwork(engine: Engine, nic: Nic, network: DockerNetwork): Promise<void> {
  const { target } = await poolOf(engine, network);
  if (nic.wants.existing || poolKey(nic.target) === poolKey(target)) return;
  const vm = await engine.vm();
  await engine.inTurn.run(nic.id, async () => {
    if (differInGroups(nic.target, target)) return await replaceSecurityGroups(engine, nic, target);
    // The target decides to which pool the NIC returns.
    Object.assign(nic, { target });
    await changeOrRelease(engine, nic, vm, { addresses: [...(nic.claim?.promised ?? [])] });
  });
}
