import type { NicView } from '../../api/types.ts';
import { shortId } from '../../clients/short-id.ts';
import { defineCommand } from '../command.ts';
import { containersByEndpoint } from '../docker/containers-by-endpoint.ts';
import { flag } from '../options.ts';
import { table } from '../output/table.ts';
import { visibleLines } from '../output/visible.ts';
import { openAgent } from '../settings.ts';

export const status = defineCommand({
  name: 'status',
  summary: "show the NICs and VLANs of this VM's agent",
  needsRoot: true,
  elsewhere: 'uses sockets',
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { json }) {
    await using agent = await openAgent(settings);
    const answer = await agent.status();
    const containers = await containersByEndpoint();
    const view = { ...answer, nics: answer.nics.map((nic) => withContainer(nic, containers)) };
    if (json) {
      process.stdout.write(`${JSON.stringify(view)}\n`);
      return;
    }
    const { vifId, mode, bridge, vlans, nics, draining, unconfirmed } = view;
    const lines = [
      `vif-id ${vifId}  mode ${mode}  bridge ${bridge}`,
      `VLANs ${vlans.used} used, ${vlans.free} free  NICs not yet deleted in Neutron: ${draining}`,
      ...(unconfirmed === undefined
        ? []
        : [`Neutron has not answered since the agent started: ${unconfirmed}`]),
    ];
    process.stdout.write(visibleLines(`${lines.join('\n')}\n`));
    const rows = nics.map((nic) => [
      String(nic.vlan ?? '-'),
      nic.network,
      nic.addresses.join(','),
      nic.mac ?? '-',
      nic.port ?? '-',
      nic.container === undefined ? '-' : shortId(nic.container),
    ]);
    process.stdout.write(table(['VLAN', 'NETWORK', 'ADDRESSES', 'MAC', 'PORT', 'CONTAINER'], rows));
  },
});

/** Adds the container's id to a NIC of the network driver: the agent knows only the id of its endpoint. */
function withContainer(nic: NicView, containers: ReadonlyMap<string, string>): NicView {
  const container = nic.container ?? containers.get(nic.endpoint ?? '');
  return container === undefined ? nic : { ...nic, container };
}
