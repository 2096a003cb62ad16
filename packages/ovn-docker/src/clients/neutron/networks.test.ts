import type { ListQuery, Network, Neutron, Subnet } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { fetchNetworks } from './networks.ts';

const networks = [{ id: 'net-1' }, { id: 'net-2' }] as Network[];
const subnets = [
  { id: 'a', network_id: 'net-1' },
  { id: 'b', network_id: 'net-2' },
  { id: 'c', network_id: 'net-1' },
] as Subnet[];

/** A Neutron that records its requests and filters by lists of ids. */
function recordingNeutron() {
  const queries: ListQuery[] = [];
  const all = <T>(items: readonly T[], key: keyof T & string) => ({
    all: async (query: ListQuery) => {
      queries.push(query);
      return items.filter((item) => [query[key]].flat().includes(item[key] as string));
    },
  });
  const client = { networks: all(networks, 'id'), subnets: all(subnets, 'network_id') };
  return { neutron: client as unknown as Neutron, queries };
}

describe('fetchNetworks', () => {
  it('returns each network with its own subnets, in two requests; an unknown id is left out', async () => {
    const { neutron, queries } = recordingNeutron();
    const found = await fetchNetworks(neutron, ['net-1', 'net-2', 'net-1', 'gone']);
    const subnetIds = [...found].map(([id, view]) => [id, view.subnets.map((subnet) => subnet.id)]);
    expect(subnetIds).toEqual([
      ['net-1', ['a', 'c']],
      ['net-2', ['b']],
    ]);
    const ids = ['net-1', 'net-2', 'gone'];
    expect(queries).toEqual([{ id: ids }, { network_id: ids }]);
  });

  it('sends no request for no ids', async () => {
    const { neutron, queries } = recordingNeutron();
    expect([await fetchNetworks(neutron, []), queries]).toEqual([new Map(), []]);
  });
});
