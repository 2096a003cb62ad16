import { asOvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { addressesOf, type Nic } from '../nics/nic.ts';
import type { FindingView, NicView, StatusView } from './types.ts';

export function viewNic(nic: Nic): NicView {
  const { id, target, port, vlan, claim, state } = nic;
  return {
    id,
    state,
    network: target.network.name || target.network.id,
    addresses: addressesOf(nic).map(({ cidr }) => cidr),
    ...(port ? { port: port.id, mac: port.mac_address } : {}),
    ...(vlan === undefined ? {} : { vlan }),
    ...(claim?.containerId === undefined ? {} : { container: claim.containerId }),
    ...(claim?.endpointId === undefined ? {} : { endpoint: claim.endpointId }),
    ...(claim?.leave ? { isOutpost: true as const } : {}),
  };
}

/** @param error why the agent could not act on the finding */
export function viewFinding(
  { kind, what, evidence, action }: Omit<FindingView, 'error'>,
  error?: unknown,
): FindingView {
  return {
    kind,
    what,
    evidence,
    action,
    ...(error === undefined ? {} : { error: asOvnDockerError(error).message }),
  };
}

export async function viewStatus(engine: Engine): Promise<StatusView> {
  const vm = await engine.vm();
  return {
    vifId: vm.vifId,
    mode: vm.parentLinks.mode,
    bridge: vm.vmSwitch.bridge,
    vlans: { used: vm.vlans.used, free: vm.vlans.free },
    nics: engine.nics.all().map(viewNic),
    draining: engine.draining.size,
    ...(engine.unconfirmed === undefined ? {} : { unconfirmed: engine.unconfirmed }),
  };
}
