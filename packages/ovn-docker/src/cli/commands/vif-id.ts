import { VmSwitch } from '../../clients/vm-switch.ts';
import { findParentPort } from '../../vm/own-port.ts';
import type { VifSource } from '../../vm/vif-source.ts';
import { givenVifId, openCallersCloud, requireRoot, type Settings } from '../settings.ts';

/** `ovn-docker vif-id [--by WAY]`: the id of this VM's own port, and how it was found. */
export async function vifId(settings: Settings, options: { json?: boolean; by?: VifSource }): Promise<void> {
  requireRoot('vif-id');
  const { config } = settings;
  using cloud = await openCallersCloud(settings);
  await using vmSwitch = await VmSwitch.open(config.ovs.remote, config.ovs.bridge);
  const macs = vmSwitch.macsOf(config.uplink, config.ovs.bridge);
  const given = givenVifId(settings);
  const identity = { macs, metadataUrl: config.metadata_url, ...(given ? { given } : {}) };
  const found = await findParentPort(cloud.neutron, identity, options.by && [options.by]);
  const view = { vif_id: found.port.id, source: found.source, mac: found.port.mac_address };
  process.stdout.write(options.json ? `${JSON.stringify(view)}\n` : `${view.vif_id}\n`);
}
