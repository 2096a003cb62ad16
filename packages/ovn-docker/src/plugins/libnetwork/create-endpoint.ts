import { requestedMac as macOf } from '../../addresses/requested-address.ts';
import { findSecurityGroups } from '../../clients/neutron/security-groups.ts';
import type { PublishMode } from '../../config/agent-config.ts';
import { freeLeftovers, freeWarm } from '../../lifecycle/free-addresses.ts';
import { requireConfirmed } from '../../lifecycle/require-confirmed.ts';
import { writeClaim } from '../../lifecycle/write-claim.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { endpointOptions } from '../../networks/endpoint-options.ts';
import { requireAddresses, requireMacAvailable } from '../../networks/existing-port.ts';
import type { Engine } from '../../nics/engine.ts';
import { type EndpointWishes, type Nic, requirePlugged } from '../../nics/nic.ts';
import { warn } from '../../observe/warnings.ts';
import type { Vm } from '../../vm/vm.ts';
import { applyEndpointGroups } from './apply-endpoint-groups.ts';
import { changeOrRelease } from './change-or-release.ts';
import { findOrClaimNic } from './find-or-claim-nic.ts';
import { publishedPorts, requirePublishable } from './published-ports.ts';
import type { Requests } from './wire.ts';

/**
 * Assigns the endpoint to the NIC whose address RequestAddress returned. If Docker's default IPAM driver
 * chose the address, claims a NIC with it.
 */
export async function createEndpoint(
  engine: Engine,
  publish: PublishMode,
  request: Requests['CreateEndpoint'],
): Promise<{ Interface: { MacAddress?: string | undefined } }> {
  const vm = await engine.vm();
  const network = dockerNetworks.get(vm.vmSwitch, request.NetworkID);
  const wishes = endpointOptions(request.Options);
  requirePublishable(publishedPorts(request.Options), wishes.publish ?? network.publish ?? publish);
  for (const warning of wishes.warnings) warn(engine.log, warning, { endpoint: request.EndpointID });
  const groups = await findSecurityGroups(engine.neutron, wishes.securityGroups);
  const requestedMac = request.Interface?.MacAddress ? macOf(request.Interface.MacAddress) : '';
  const nic = engine.nics.withEndpoint(request.EndpointID) ?? (await findOrClaimNic(engine, vm, request));
  await engine.inTurn.run(nic.id, async () => {
    requirePlugged(nic);
    await applyEndpointGroups(engine, nic, groups);
    if (requestedMac && nic.port?.mac_address !== requestedMac) {
      await changeMac(engine, nic, vm, requestedMac);
    }
    await assignEndpoint(nic, vm, request.EndpointID, wishes);
  });
  // The answer must not repeat what the request contains.
  return { Interface: requestedMac ? {} : { MacAddress: nic.port?.mac_address } };
}

/**
 * `--mac-address`: replaces the port by one with the MAC address and with the addresses that Docker already
 * has. An existing port is not changed.
 */
async function changeMac(engine: Engine, nic: Nic, vm: Vm, mac: string): Promise<void> {
  await requireConfirmed(engine);
  const addresses = [...(nic.claim?.promised ?? [])];
  if (nic.wants.existing) requireAddresses(nic.wants.existing, { addresses, mac });
  await freeLeftovers(engine, { networkId: nic.target.network.id, mac });
  await freeWarm(engine, { networkId: nic.target.network.id, mac });
  await requireMacAvailable(engine, nic.target.network.id, mac, addresses);
  await changeOrRelease(engine, nic, vm, { mac });
}

/**
 * Writes the endpoint and what the user asks of it to the NIC's claim, in one OVSDB transaction; none if the
 * claim already has both.
 */
async function assignEndpoint(
  nic: Nic,
  vm: Vm,
  endpointId: string,
  { interfaceName, publish }: EndpointWishes,
): Promise<void> {
  const { claim } = nic;
  if (!claim) return;
  const { endpoint } = claim;
  const isSame = endpoint?.interfaceName === interfaceName && endpoint?.publish === publish;
  if (claim.endpointId === endpointId && isSame) return;
  if (claim.endpointId !== endpointId) claim.isInDocker = undefined;
  Object.assign(claim, { endpointId, endpoint: { interfaceName, publish } });
  await writeClaim(nic, vm);
}
