import type { Neutron } from '@ovn-docker/openstack';
import { type Cloud, login } from '../clients/neutron/cloud.ts';
import { readExtensions } from '../clients/neutron/extensions.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { configuredVifId } from '../config/vif-id.ts';
import type { Nic } from '../nics/nic.ts';
import { type Children, rebuildNics, recallChildren, usedVlans } from '../nics/recover.ts';
import { rowsAndReplaced } from '../nics/replaced-rows.ts';
import { readTargets } from '../nics/target-records.ts';
import type { Log } from '../observe/log.ts';
import { findParentPort } from '../vm/own-port.ts';
import { ParentLinks } from '../vm/parent-link/parent-links.ts';
import { chooseMode } from '../vm/parent-link/parent-mode.ts';
import { obstaclesOn, Vlans } from '../vm/vlans.ts';
import type { Vm } from '../vm/vm.ts';
import { type ParentIdentity, readVm } from '../vm/vm-record.ts';

/** The parts of the VM that need no answer from Neutron. */
export type VmParts = Pick<Vm, 'vmSwitch' | 'netlink' | 'guard'>;

/**
 * Asks Neutron for this VM's own port and how its children are connected.
 * @throws OvnDockerError when Neutron is away or the VM's port cannot be found
 */
export async function identifyVm(
  config: AgentConfig,
  cloud: Cloud,
  parts: VmParts,
  log: Log,
): Promise<ParentIdentity> {
  const { neutron } = cloud;
  const macs = macsOfVm(config, parts);
  const given = configuredVifId(config);
  const { roles, vm } = await login(cloud);
  const certified = vm?.vif_id;
  const identity = { macs, metadataUrl: config.metadata_url, given, certified };
  const { port, source, doubts } = await findParentPort(neutron, identity);
  for (const doubt of doubts) log.warn(doubt);
  // A configured mode needs no list of extensions, which some clouds do not show.
  const extensions = config.mode === 'auto' ? await explained(readExtensions(neutron)) : [];
  const mode = chooseMode(config.mode, { extensions, roles });
  const [own] = await explained(neutron.networks.all({ id: [port.network_id], fields: ['mtu'] }));
  log.info({ vifId: port.id, source, mode }, 'this VM is known to Neutron');
  return { vifId: port.id, mode, macs, parentMtu: own?.mtu };
}

/** The VM as its identity and its own parts show it; no VLAN is in use yet. */
export function assembleVm(
  config: AgentConfig,
  neutron: Neutron,
  { vifId, mode, macs, parentMtu }: ParentIdentity,
  parts: VmParts,
  log: Log,
): Vm {
  const { uplink } = config;
  const parentLinks = new ParentLinks(neutron, { vifId, mode });
  const vlans = new Vlans([], obstaclesOn(parts.vmSwitch, uplink));
  return { vifId, macs, parentLinks, vlans, uplink, parentMtu, ...parts, log };
}

/** Marks the VLANs of these NICs, and of other programs' ports under the VM's own port. */
export function markVlans({ vlans }: Pick<Vm, 'vlans'>, nics: readonly Nic[], children: Children): void {
  for (const vlan of usedVlans(children)) vlans.markUsed(vlan);
  for (const { vlan } of nics) if (vlan !== undefined) vlans.markUsed(vlan);
}

/** What an agent knows of its VM and of an earlier agent's NICs. */
export interface Recalled {
  readonly vm: Vm;
  readonly nics: Nic[];
  readonly children: Children;
}

/**
 * The VM and its NICs as the records and rows of the VM's switch show them: what an earlier agent had from
 * Neutron. Asks nothing. Undefined when no earlier agent has recorded this VM.
 */
export function recallVm(
  config: AgentConfig,
  neutron: Neutron,
  parts: VmParts,
  log: Log,
): Recalled | undefined {
  const recorded = readVm(parts.vmSwitch, macsOfVm(config, parts));
  if (!recorded) return undefined;
  const given = configuredVifId(config);
  if (given !== undefined && given !== recorded.vifId) return undefined;
  const mode = config.mode === 'auto' ? recorded.mode : config.mode;
  const vm = assembleVm(config, neutron, { ...recorded, mode }, parts, log);
  const children = recallChildren(rowsAndReplaced(parts.vmSwitch), vm.vifId);
  vm.parentLinks.assume(children.subports);
  const nics = rebuildNics(neutron, children, readTargets(parts.vmSwitch));
  markVlans(vm, nics, children);
  return { vm, nics, children };
}

/**
 * The MAC addresses of the uplink and of the bridge: from the switch, and from the kernel, which knows them
 * before ovs-vswitchd has written them after its start.
 */
function macsOfVm(
  { uplink, ovs }: AgentConfig,
  { vmSwitch, netlink }: Pick<VmParts, 'vmSwitch' | 'netlink'>,
) {
  const names = [uplink, ovs.bridge];
  const macs = [...vmSwitch.macsOf(...names), ...names.flatMap((name) => netlink.link(name)?.mac ?? [])];
  return [...new Set(macs.map((mac) => mac.toLowerCase()))];
}
