import type { SubnetCreate } from '@ovn-docker/openstack';
import { ipVersionOf } from '../addresses/ip-version.ts';
import { deleteIfPresent } from '../clients/neutron/delete-if-present.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { optionNames } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import type { Vm } from '../vm/vm.ts';
import { allocationPools } from './allocation-pools.ts';
import { type DockerNetwork, dockerNetworks } from './docker-networks.ts';
import { deleteEarlierAttempts, networkLabels } from './network-labels.ts';
import type { NetworkPlan, SubnetPlan } from './network-plan.ts';

interface MakePlan extends Pick<NetworkPlan, 'internal' | 'subnets'> {
  readonly mtu: number | undefined;
  readonly shared: boolean | undefined;
}

/**
 * Creates a Neutron network with the planned subnets. If a subnet cannot be created, deletes the network
 * again.
 * @throws OvnDockerError `E_CIDR` when another Docker network of this VM has one of the subnets
 */
export async function makeNetwork(engine: Engine, dockerId: string, plan: MakePlan): Promise<DockerNetwork> {
  const vm = await engine.vm();
  const { neutron } = engine;
  requireNewCidrs(vm, plan.subnets);
  const bodies = plan.subnets.map((subnet) => subnetBody(subnet, plan.internal));
  await deleteEarlierAttempts(neutron, vm.vifId, dockerId);
  const labels = networkLabels(vm.vifId, dockerId);
  const { mtu, shared } = plan;
  const network = await explained(
    neutron.networks.create({
      ...labels,
      ...(mtu === undefined ? {} : { mtu }),
      ...(shared ? { shared } : {}),
    }),
  );
  try {
    const subnets: DockerNetwork['subnets'] = [];
    for (const body of bodies) {
      const { id } = await explained(
        neutron.subnets.create({ ...body, network_id: network.id, name: labels.name }),
      );
      subnets.push({ id, cidr: body.cidr });
    }
    return { network: network.id, subnets, made: true };
  } catch (error) {
    await deleteIfPresent(neutron.networks, network.id);
    throw error;
  }
}

function requireNewCidrs({ vmSwitch }: Vm, planned: readonly SubnetPlan[]): void {
  const known = [...dockerNetworks.all(vmSwitch).values()].flatMap(({ subnets }) => subnets);
  const duplicate = planned.find((plan) => known.some(({ cidr }) => cidr === plan.cidr));
  if (!duplicate) return;
  const message = `${duplicate.cidr} already belongs to another Docker network of this VM`;
  throw new OvnDockerError('E_CIDR', message, {
    hint: `name the Neutron network: -o ${optionNames.networkId}=ID --ipam-opt ${optionNames.networkId}=ID`,
  });
}

type SubnetBody = Pick<
  SubnetCreate,
  'ip_version' | 'gateway_ip' | 'allocation_pools' | 'subnetpool_id' | 'enable_dhcp'
> & {
  readonly cidr: string;
};

function subnetBody(plan: SubnetPlan, internal: boolean): SubnetBody {
  const { cidr, reserved, range, subnetPoolId, isDockers = false } = plan;
  const gateway = internal ? undefined : plan.gateway;
  const ranges = allocationPools(cidr, { range, reserved, gateway });
  return {
    cidr,
    ip_version: ipVersionOf(cidr),
    gateway_ip: gateway ?? null,
    ...(ranges ? { allocation_pools: ranges } : {}),
    ...(subnetPoolId ? { subnetpool_id: subnetPoolId } : {}),
    // Neutron's own ports for DHCP and metadata would take addresses that Docker chooses.
    ...(isDockers ? { enable_dhcp: false } : {}),
  };
}
