import { explained } from '../../clients/neutron/refusals.ts';
import { table } from '../output/table.ts';
import { openCallersCloud, type Settings } from '../settings.ts';

/** `ovn-docker list networks`: every network that the tenant may use. */
export async function listNetworks(settings: Settings, options: { json?: boolean }): Promise<void> {
  using cloud = await openCallersCloud(settings);
  const networks = await explained(cloud.neutron.networks.all());
  const subnets = await explained(cloud.neutron.subnets.all());
  const rows = networks
    .map(({ id, name, shared, mtu }) => {
      const cidrs = subnets.filter((subnet) => subnet.network_id === id).map(({ cidr }) => cidr);
      return { id, name, subnets: cidrs, shared, mtu };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const lines = rows.map(({ id, name, subnets: cidrs, shared, mtu }) => [
    name,
    id,
    cidrs.join(','),
    String(mtu),
    shared ? 'yes' : 'no',
  ]);
  process.stdout.write(table(['NAME', 'ID', 'SUBNETS', 'MTU', 'SHARED'], lines));
}
