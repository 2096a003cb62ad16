import { containsAddress } from '../addresses/cidr.ts';
import { ipVersionOf } from '../addresses/ip-version.ts';
import type { Cloud } from '../clients/neutron/cloud.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { OvnDockerError } from '../errors.ts';
import { addSecurityGroups } from '../lifecycle/add-security-groups.ts';
import { finish } from '../lifecycle/finish.ts';
import { claimNic } from '../networks/claim-nic.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic, Target } from '../nics/nic.ts';
import { warn } from '../observe/warnings.ts';
import { asCaller } from './as-caller.ts';
import { findTarget } from './find-target.ts';
import type { AttachRequest, NicView } from './types.ts';
import { viewNic } from './views.ts';

/**
 * Claims a NIC that is complete except for the stage "enter container". If the container never starts, the
 * reconciler finishes the NIC after the configured patience. A second call with the same id returns the same
 * NIC.
 */
export function prepareNic(engine: Engine, cloud: Cloud, request: AttachRequest): Promise<NicView> {
  // The first of two simultaneous calls makes the NIC; the second one waits for it.
  return engine.inTurn.run(`label ${request.id}`, () => prepareInTurn(engine, cloud, request));
}

async function prepareInTurn(engine: Engine, cloud: Cloud, request: AttachRequest): Promise<NicView> {
  await engine.vm();
  const { id, name, containerId } = request;
  const known = engine.nics.withLabel(id);
  if (known) return viewNic(known);
  const claim = { label: id, ...(containerId === undefined ? {} : { containerId }) };
  return asCaller(engine, cloud, request, async (neutron) => {
    const target = await findTarget(engine, neutron, request);
    const pool = engine.pools.of(target);
    // With a token, the port must belong to the token's project; a warm NIC's port belongs to the agent's.
    const caller = neutron === engine.neutron ? {} : { neutron };
    const extraGroups = await findSecurityGroups(neutron, request.extraSecurityGroups ?? []);
    requireOnSubnets(target, request.addresses);
    const { addresses, mac } = request;
    const wants = { name, ...(addresses ? { addresses } : {}), ...(mac === undefined ? {} : { mac }) };
    const nic = await claimNic(engine, { pool, id, wants, claim, ...caller });
    if (request.publishes) {
      warn(engine.log, 'published ports have no effect: the container has an address of its own', {
        nic: nic.id,
        container: containerId,
        network: target.network.id,
      });
    }
    await addGroupsOrFinish(engine, nic, extraGroups);
    return viewNic(nic);
  });
}

/**
 * Docker checks the addresses of a Docker network; here nothing else does.
 * @throws OvnDockerError `E_NETWORK_NO_SUBNET`
 */
function requireOnSubnets({ network, subnets }: Target, addresses: readonly string[] = []): void {
  const isOn = (address: string) =>
    subnets.some(({ cidr }) => ipVersionOf(cidr) === ipVersionOf(address) && containsAddress(cidr, address));
  const foreign = addresses.find((address) => !isOn(address));
  if (foreign === undefined) return;
  const cidrs = subnets.map(({ cidr }) => cidr).join(', ');
  throw new OvnDockerError(
    'E_NETWORK_NO_SUBNET',
    `no subnet of network "${network.name || network.id}" has ${foreign}; its subnets: ${cidrs}`,
    { hint: 'choose an address of one of these subnets, or leave it out so that Neutron chooses one' },
  );
}

/** Adds security groups before the container starts. If that fails, finishes the NIC. */
async function addGroupsOrFinish(engine: Engine, nic: Nic, groupIds: readonly string[]): Promise<void> {
  try {
    await engine.inTurn.run(nic.id, () => addSecurityGroups(engine, nic, groupIds));
  } catch (error) {
    await finish(engine, nic);
    throw error;
  }
}
