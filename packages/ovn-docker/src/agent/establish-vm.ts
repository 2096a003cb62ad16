import type { Cloud } from '../clients/neutron/cloud.ts';
import { readExtensions } from '../clients/neutron/extensions.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { configuredVifId } from '../config/vif-id.ts';
import type { Nic } from '../nics/nic.ts';
import { type Children, observeChildren, recoverNics, usedVlans } from '../nics/recover.ts';
import type { Log } from '../observe/log.ts';
import { findParentPort } from '../vm/own-port.ts';
import { ParentLinks } from '../vm/parent-link/parent-links.ts';
import { chooseMode } from '../vm/parent-link/parent-mode.ts';
import { obstaclesOn, Vlans } from '../vm/vlans.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Finds this VM's own port, how its children are connected, the VLANs that are in use, and the NICs that an
 * earlier agent made. The agent creates nothing before it knows all of these.
 * @throws OvnDockerError when Neutron is away or the VM's port cannot be found
 */
export async function establishVm(
  config: AgentConfig,
  { neutron, session }: Cloud,
  { vmSwitch, netlink, guard }: Pick<Vm, 'vmSwitch' | 'netlink' | 'guard'>,
  log: Log,
): Promise<{ vm: Vm; nics: Nic[]; children: Children }> {
  const macs = vmSwitch.macsOf(config.uplink, config.ovs.bridge);
  const given = configuredVifId(config);
  const identity = { macs, metadataUrl: config.metadata_url, ...(given ? { given } : {}) };
  const { port, source, doubts } = await findParentPort(neutron, identity);
  for (const doubt of doubts) log.warn(doubt);
  const { roles = [] } = await explained(session.token());
  // A configured mode needs no list of extensions, which some clouds do not show.
  const extensions = config.mode === 'auto' ? await explained(readExtensions(neutron)) : [];
  const mode = chooseMode(config.mode, { extensions, roles });
  const parentLinks = new ParentLinks(neutron, { vifId: port.id, mode });
  const children = await observeChildren(neutron, { vifId: port.id, vmSwitch, parentLinks });
  const { uplink } = config;
  const vlans = new Vlans(usedVlans(children), obstaclesOn(vmSwitch, uplink));
  const nics = await recoverNics(neutron, children);
  const [own] = await explained(neutron.networks.all({ id: [port.network_id], fields: ['mtu'] }));
  for (const { vlan } of nics) if (vlan !== undefined) vlans.markUsed(vlan);
  log.info(
    { vifId: port.id, source, mode, vlans: vlans.count(), nics: nics.length },
    'this VM is known to Neutron',
  );
  const vm = {
    vifId: port.id,
    macs,
    parentLinks,
    vlans,
    uplink,
    parentMtu: own?.mtu,
    vmSwitch,
    guard,
    netlink,
    log,
  };
  return { vm, nics, children };
}
