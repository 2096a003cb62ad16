import { Rtnetlink } from '@ovn-docker/netlink';
import type { Neutron } from '@ovn-docker/openstack';
import { explained } from '../clients/refusals.ts';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { chooseMode } from '../nics/mode.ts';
import { findParentPort } from '../nics/parent.ts';
import { recoverNics, usedVlans } from '../nics/recover.ts';
import type { NicRegistry } from '../nics/registry.ts';
import { Serialized } from '../nics/serialize.ts';
import { Vlans } from '../nics/vlans.ts';
import type { Vm } from '../nics/vm.ts';
import type { Log } from '../observe/log.ts';

/**
 * Finds out what this VM is to Neutron: its own port, the way to tell parent and tag, the VLANs that are taken, and the
 * NICs that a former agent made. Nothing is made before all of that is known.
 * @throws OvnDockerError when Neutron is away or the VM's port cannot be found
 */
export async function establishVm(
  config: AgentConfig,
  neutron: Neutron,
  vmSwitch: VmSwitch,
  nics: NicRegistry,
  log: Log,
): Promise<Vm> {
  const macs = vmSwitch.macsOf(config.uplink, config.ovs.bridge);
  const given = process.env['OS_VIF_ID'] ?? config.vif_id;
  const identity = { macs, metadataUrl: config.metadata_url, ...(given ? { given } : {}) };
  const { port, source } = await findParentPort(neutron, identity);
  const mode = chooseMode(config.mode, await explained(neutron.extensions()));
  const vlans = new Vlans(await usedVlans(neutron, { vifId: port.id, vmSwitch }));
  for (const nic of await recoverNics(neutron, { vifId: port.id, vmSwitch })) nics.add(nic);
  log.info({ vifId: port.id, source, mode, vlansUsed: vlans.used }, 'this VM is known to Neutron');
  return {
    vifId: port.id,
    macs,
    mode,
    vlans,
    vmSwitch,
    netlink: Rtnetlink.open(),
    trunkChanges: new Serialized(),
    log,
  };
}
