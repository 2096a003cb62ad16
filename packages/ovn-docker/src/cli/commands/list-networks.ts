import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { table } from '../output/table.ts';
import { openCallersCloud } from '../settings.ts';

export const listNetworks = defineCommand({
  name: 'list networks',
  summary: 'list the networks that you may use',
  needsRoot: false,
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { json }) {
    const { explained } = await import('../../clients/neutron/refusals.ts');
    using cloud = await openCallersCloud(settings);
    const networks = await explained(cloud.neutron.networks.all());
    const subnets = await explained(cloud.neutron.subnets.all());
    const views = networks
      .map(({ id, name, shared, mtu }) => {
        const cidrs = subnets.filter((subnet) => subnet.network_id === id).map(({ cidr }) => cidr);
        return { id, name, subnets: cidrs, shared, mtu };
      })
      .sort((a, b) => a.name.localeCompare(b.name));
    if (json) {
      process.stdout.write(`${JSON.stringify(views)}\n`);
      return;
    }
    const rows = views.map(({ id, name, subnets: cidrs, shared, mtu }) => [
      name,
      id,
      cidrs.join(','),
      String(mtu),
      shared ? 'yes' : 'no',
    ]);
    process.stdout.write(table(['NAME', 'ID', 'SUBNETS', 'MTU', 'SHARED'], rows));
  },
});
