import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { createWorld, restart, VIF } from '../../test/support/world.ts';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { labelOnPair } from './veth-pair.ts';

/**
 * What the first release wrote, letter for letter. A running container has only these marks while a newer or
 * older agent replaces the running one, so they must never change their meaning.
 */
const recorded = {
  tags: ['ovn-docker', `ovn-docker:vif=${VIF}`, 'ovn-docker:nic=0b1e', 'ovn-docker:plain'],
  row: {
    name: 'ovn-5',
    vlan: 5,
    externalIds: {
      'iface-id': 'port-5',
      'attached-mac': 'fa:16:3e:00:00:05',
      'ovn-docker:nic': '0b1e',
      'ovn-docker:network': 'network-1',
      'ovn-docker:claimed': '2026-11-29T20:00:00.000Z',
      'ovn-docker:endpoint': 'endpoint-5',
      'ovn-docker:promised': '10.0.0.5',
    },
  },
  noneRow: {
    name: 'ovn-6',
    vlan: 6,
    externalIds: {
      'iface-id': 'port-6',
      'ovn-docker:nic': '0b1f',
      'ovn-docker:claimed': '2026-11-29T20:00:00.000Z',
      'ovn-docker:label': '0b1f',
      'ovn-docker:container': 'container-6',
      'ovn-docker:existing': 'true',
    },
  },
  aliases: { 'ovn-5': 'ovn-docker port-5', 'ovn-6': 'ovn-docker port-6 0b1f' },
  dockerNetwork: '{"network":"network-1","subnets":[{"id":"subnet-1","cidr":"10.0.0.0/24"}],"made":true}',
} as const;

const portOf = (number: number, tags: readonly string[]) =>
  ({
    id: `port-${number}`,
    name: '',
    network_id: 'network-1',
    mac_address: `fa:16:3e:00:00:0${number}`,
    admin_state_up: true,
    fixed_ips: [{ subnet_id: 'subnet-1', ip_address: `10.0.0.${number}` }],
    tags: [...tags],
  }) as unknown as Port;

/** @param more keys that a newer release writes beside the known ones */
async function recover(more: Readonly<Record<string, string>> = {}) {
  const world = createWorld();
  const { neutron, vmSwitch, links } = world;
  neutron.ports.set('port-5', portOf(5, [...recorded.tags, ...Object.keys(more)]));
  neutron.ports.set('port-6', portOf(6, []));
  for (const row of [recorded.row, recorded.noneRow]) {
    const written = { ...row, externalIds: { ...row.externalIds, ...more } };
    vmSwitch.rows.set(row.name, written as unknown as PluggedPort);
  }
  for (const [name, alias] of Object.entries(recorded.aliases)) {
    links.createVeth({ name, peer: { name: `${name}c`, mac: '' } });
    links.setLink(name, { alias });
  }
  await vmSwitch.writeRecords({ 'ovn-docker:docker-network:docker-1': recorded.dockerNetwork });
  return restart(world);
}

it.each([
  ['an earlier release', {}],
  ['a newer release, which wrote more', { 'ovn-docker:future': 'x' }],
])('scenario 40: the agent recognises the NICs of running containers that %s made', async (_, more) => {
  const { engine, vm } = await recover(more);
  const byEndpoint = engine.nics.withEndpoint('endpoint-5');
  expect(byEndpoint).toMatchObject({ id: '0b1e', vlan: 5, state: 'claimed', wants: { name: '' } });
  expect(byEndpoint?.wants.addresses).toBeUndefined();
  expect([...(byEndpoint?.claim?.promised ?? [])]).toEqual(['10.0.0.5']);
  const byLabel = engine.nics.withLabel('0b1f');
  expect(byLabel).toMatchObject({
    id: '0b1f',
    vlan: 6,
    state: 'claimed',
    claim: { containerId: 'container-6' },
  });
  expect(byLabel?.wants.existing?.id).toBe('port-6');
  expect(byLabel && labelOnPair(byLabel, vm)).toBe('0b1f');
  expect(dockerNetworks.get(vm.vmSwitch, 'docker-1')).toMatchObject({ network: 'network-1', made: true });
});
