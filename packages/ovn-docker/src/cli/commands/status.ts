import { AgentClient } from '../agent-client.ts';
import { requireRoot, type Settings } from '../settings.ts';
import { table } from '../table.ts';

/** `ovn-docker status`: what the agent of this VM holds. */
export async function status(settings: Settings, options: { json?: boolean }): Promise<void> {
  requireRoot('status');
  await using agent = new AgentClient(settings.config.socket);
  const view = await agent.status();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(view)}\n`);
    return;
  }
  const { vifId, mode, bridge, vlans, nics, draining } = view;
  process.stdout.write(`vif-id ${vifId}  mode ${mode}  bridge ${bridge}\n`);
  process.stdout.write(`VLANs ${vlans.used} used, ${vlans.free} free  waiting for Neutron: ${draining}\n`);
  const rows = nics.map((nic) => [
    String(nic.vlan ?? '-'),
    nic.network,
    nic.addresses.join(','),
    nic.mac ?? '-',
    nic.port ?? '-',
    nic.container?.slice(0, 12) ?? '-',
  ]);
  process.stdout.write(table(['VLAN', 'NETWORK', 'ADDRESSES', 'MAC', 'PORT', 'CONTAINER'], rows));
}
