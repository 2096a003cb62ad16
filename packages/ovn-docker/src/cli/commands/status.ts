import { AgentClient } from '../../api/client.ts';
import type { NicView } from '../../api/types.ts';
import { containersOfEndpoints } from '../docker/containers-of-endpoints.ts';
import { table } from '../output/table.ts';
import { requireRoot, type Settings } from '../settings.ts';

/** `ovn-docker status`: what the agent of this VM holds. */
export async function status(settings: Settings, options: { json?: boolean }): Promise<void> {
  requireRoot('status');
  await using agent = new AgentClient(settings.config.socket);
  const answer = await agent.status();
  const behind = await containersOfEndpoints();
  const view = { ...answer, nics: answer.nics.map((nic) => withContainer(nic, behind)) };
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

/** For a container that came by the libnetwork driver the agent knows only the endpoint; Docker knows the rest. */
function withContainer(nic: NicView, behind: ReadonlyMap<string, string>): NicView {
  const container = nic.container ?? behind.get(nic.endpoint ?? '');
  return container === undefined ? nic : { ...nic, container };
}
