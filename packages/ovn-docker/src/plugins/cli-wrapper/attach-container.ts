import type { CloudConfig } from '@ovn-docker/openstack';
import { claim } from '../../attach/claim.ts';
import { enter } from '../../attach/enter.ts';
import { release } from '../../attach/release.ts';
import { type Cloud, login, openCloud } from '../../clients/cloud.ts';
import { findNetwork } from '../../clients/networks.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import { addressesOf, type Nic } from '../../nics/nic.ts';
import { requireOwnPort } from '../../nics/parent.ts';
import type { Vm } from '../../nics/vm.ts';
import type { AttachRequest, EnterRequest, NetworkView, NicView, ResolveRequest } from './wire.ts';

/** Asks Neutron as the caller when the caller brought a token, else as the agent. */
async function asCaller<T>(
  state: AgentState,
  cloudConfig: CloudConfig,
  cred: string | undefined,
  work: (neutron: AgentState['neutron']) => Promise<T>,
): Promise<T> {
  if (cred === undefined) return work(state.neutron);
  using cloud: Cloud = openCloud({ ...cloudConfig, auth: { type: 'token', token: cred } });
  await login(cloud);
  // `await`: the session is closed when this function is left.
  return await work(cloud.neutron);
}

/**
 * Brings a NIC up as far as it goes without a container: port, VLAN, veth, bridge. It waits for {@link enter}; a NIC
 * that nobody enters within a minute is taken back.
 */
export async function prepareNic(
  state: AgentState,
  cloudConfig: CloudConfig,
  request: AttachRequest,
): Promise<NicView> {
  const vm = await state.vm();
  const nic = await asCaller(state, cloudConfig, request.cred, async (neutron) => {
    if (request.vifId !== undefined) await requireThisVm(neutron, vm, request.vifId);
    const { network, subnets } = await findNetwork(neutron, request.network);
    const { id, name } = request;
    return claim({ id, neutron, network, subnets, since: Date.now(), wants: { name } }, state, 'plug port');
  });
  return viewNic(nic);
}

async function requireThisVm(neutron: AgentState['neutron'], vm: Vm, vifId: string): Promise<void> {
  const port = await requireOwnPort(neutron, vifId, vm.macs);
  if (port.id !== vm.vifId) {
    throw new OvnDockerError('E_VIF_NOT_THIS_VM', `vif-id ${vifId} is not the uplink that the agent uses`);
  }
}

/** Moves a prepared NIC into a running container. Done twice, it is done once. */
export async function enterNic(state: AgentState, id: string, request: EnterRequest): Promise<NicView> {
  const nic = state.nics.get(id);
  if (!nic) throw new OvnDockerError('E_NIC_UNKNOWN', `the agent knows no NIC ${id}`);
  await state.perNic.run(id, async () => enter(nic, await state.vm(), request));
  return viewNic(nic);
}

export async function releaseNic(state: AgentState, id: string): Promise<void> {
  const nic = state.nics.get(id);
  if (!nic) return;
  await state.perNic.run(id, async () => release(nic, await state.vm(), state.nics, state.draining));
}

/** The network behind a name, as the caller sees it: the command line makes a Docker network from it. */
export function resolveNetwork(
  state: AgentState,
  cloudConfig: CloudConfig,
  request: ResolveRequest,
): Promise<NetworkView> {
  return asCaller(state, cloudConfig, request.cred, async (neutron) => {
    if (request.vifId !== undefined) await requireThisVm(neutron, await state.vm(), request.vifId);
    const { network, subnets } = await findNetwork(neutron, request.network);
    return {
      id: network.id,
      name: network.name,
      subnets: subnets.map(({ id, cidr, gateway_ip }) => ({
        id,
        cidr,
        ...(gateway_ip ? { gateway: gateway_ip } : {}),
      })),
    };
  });
}

export function viewNic(nic: Nic): NicView {
  return {
    id: nic.id,
    network: nic.network.name || nic.network.id,
    addresses: addressesOf(nic).map(({ cidr }) => cidr),
    ...(nic.port ? { port: nic.port.id, mac: nic.port.mac_address } : {}),
    ...(nic.vlan === undefined ? {} : { vlan: nic.vlan }),
    ...(nic.containerId === undefined ? {} : { container: nic.containerId }),
    ...(nic.endpointId === undefined ? {} : { endpoint: nic.endpointId }),
  };
}
