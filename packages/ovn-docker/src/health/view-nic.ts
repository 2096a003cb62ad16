import { driftsNow } from '../nics/look-at.ts';
import { interfaceNames } from '../nics/names.ts';
import { addressesOf, isPlugged, type Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import { gatewayAnswers } from './gateway-answers.ts';
import type { ContainerNicView, GatewayView, ProbeView } from './types.ts';

/** What the agent knows of a NIC besides what the kernel and the VM's switch show. */
export interface KnownOfNic {
  /** What the reconciler's last pass found that still holds. */
  readonly findings: readonly string[];
  readonly probe?: ProbeView | undefined;
  /** Whether the container runs: otherwise its interface has no carrier. */
  readonly isRunning: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Looks at one NIC: some questions to the kernel, a fifth of a millisecond in all. */
export function viewNic(nic: Nic, vm: Vm, known: KnownOfNic): { view: ContainerNicView; faults: string[] } {
  const { target, port } = nic;
  const network = target.network.name || target.network.id;
  const carrier = isPlugged(nic) && vm.netlink.link(interfaceNames(nic.vlan).vmEnd)?.carrier === true;
  const view: ContainerNicView = {
    id: nic.id,
    network,
    networkId: target.network.id,
    addresses: addressesOf(nic).map(({ cidr }) => cidr),
    ...(port ? { mac: port.mac_address, port: port.id } : {}),
    ...(nic.status === undefined ? {} : { portStatus: nic.status }),
    carrier,
    gateways: known.isRunning ? gatewaysSeen(nic, known) : [],
    ...(known.probe ? { probe: known.probe } : {}),
  };
  return { view, faults: known.isRunning ? faultsOf(nic, vm, known, view) : [] };
}

/** A gateway probe hears answers that the kernel's neighbor cache does not have. */
function gatewaysSeen(nic: Nic, { now, probe }: KnownOfNic): GatewayView[] {
  const heard = probe?.probe === 'gateway' && probe.passed ? probe.at : undefined;
  return gatewayAnswers(nic, now).map((gateway) => {
    const answered = [gateway.answered, heard]
      .filter((time) => time !== undefined)
      .sort()
      .at(-1);
    return { ...gateway, ...(answered === undefined ? {} : { answered }) };
  });
}

function faultsOf(nic: Nic, vm: Vm, known: KnownOfNic, { network, carrier }: ContainerNicView): string[] {
  const { probe, findings } = known;
  const drifts = isPlugged(nic) ? driftsNow(nic, vm).map(({ kind, evidence }) => `${kind}: ${evidence}`) : [];
  return [
    ...(isPlugged(nic) ? [] : ['it has no port']),
    ...drifts,
    ...(carrier || drifts.length > 0 ? [] : ['its interface in the container is down or gone']),
    ...findings,
    ...(probe?.passed === false ? [`probe ${probe.probe} fails: ${probe.error}`] : []),
  ].map((fault) => `${network}: ${fault}`);
}
