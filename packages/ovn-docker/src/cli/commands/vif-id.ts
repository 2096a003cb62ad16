import { vifSources } from '../../vm/vif-source.ts';
import { defineCommand } from '../command.ts';
import { choiceOption, flag } from '../options.ts';
import { givenVifId, openCallersCloud } from '../settings.ts';

export const vifId = defineCommand({
  name: 'vif-id',
  summary: "print Neutron's id of this VM's own port",
  needsRoot: true,
  elsewhere: 'runs there',
  options: {
    json: flag('--json', 'print JSON, including the way that found the port'),
    by: choiceOption('--by <way>', 'find the port only in this way', vifSources),
  },

  async action(settings, { json, by }) {
    const { VmSwitch } = await import('../../clients/vm-switch.ts');
    const { login } = await import('../../clients/neutron/cloud.ts');
    const { findParentPort } = await import('../../vm/own-port.ts');
    const { config } = settings;
    using cloud = await openCallersCloud(settings);
    const { vm } = await login(cloud);
    await using vmSwitch = await VmSwitch.open(config.ovs.remote, config.ovs.bridge);
    const macs = vmSwitch.macsOf(config.uplink, config.ovs.bridge);
    const given = givenVifId(settings);
    const identity = { macs, metadataUrl: config.metadata_url, given, certified: vm?.vif_id };
    const { port, source } = await findParentPort(cloud.neutron, identity, by && [by]);
    const view = { vif_id: port.id, source, mac: port.mac_address };
    process.stdout.write(json ? `${JSON.stringify(view)}\n` : `${view.vif_id}\n`);
  },
});
