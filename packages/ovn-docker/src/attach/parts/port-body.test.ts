import { describe, expect, it } from 'vitest';
import { createWorld, subnetOf, VIF } from '../../../test/support/world.ts';
import { portTags } from '../../clients/neutron/port-tags.ts';
import type { Nic, NicWishes } from '../../nics/nic.ts';
import { mustBeMadeSingly, portBody, tagsOf } from './port-body.ts';

const { target, vm } = createWorld();
const v4 = subnetOf('v4', '10.0.0.0/24');
const v4b = subnetOf('v4b', '10.0.1.0/24');
const v6 = subnetOf('v6', 'fd00::/64', { ip_version: 6 });
const network = { ...target.network, subnets: [v4.id, v4b.id, v6.id] };

function nicOn(
  subnets: Nic['target']['subnets'],
  wants: Partial<NicWishes> = {},
  securityGroups?: string[],
): Nic {
  const nicTarget = { network, subnets, ...(securityGroups ? { securityGroups } : {}) };
  return {
    id: 'nic-1',
    state: 'making',
    target: nicTarget,
    wants: { name: 'n', ...wants },
  } as unknown as Nic;
}
const fixedIps = (nic: Nic) => portBody(nic, vm, 7).fixed_ips;

describe('portBody', () => {
  it('names no subnet when every subnet of the network will do', () => {
    expect(fixedIps(nicOn([v4, v4b, v6]))).toBeUndefined();
  });

  it('asks for one address of each IP version on named subnets', () => {
    expect(fixedIps(nicOn([v4, v6]))).toEqual([{ subnet_id: 'v4' }, { subnet_id: 'v6' }]);
    expect(fixedIps(nicOn([v4b, v4]))).toEqual([{ subnet_id: 'v4b' }]);
  });

  it('scenario 22: puts requested addresses on their subnets, and adds the other IP version', () => {
    expect(fixedIps(nicOn([v4, v4b, v6], { addresses: ['10.0.1.9'] }))).toEqual([
      { subnet_id: 'v4b', ip_address: '10.0.1.9' },
      { subnet_id: 'v6' },
    ]);
    expect(fixedIps(nicOn([v4, v6], { addresses: ['fd00::9', '10.0.0.9'] }))).toEqual([
      { subnet_id: 'v4', ip_address: '10.0.0.9' },
      { subnet_id: 'v6', ip_address: 'fd00::9' },
    ]);
  });

  it('scenario 13: names the parent and the VLAN only with port binding, and never a device', () => {
    expect(portBody(nicOn([v4]), vm, 7)).not.toHaveProperty('binding:profile');
    const bound = portBody(nicOn([v4]), createWorld({ mode: 'port-binding' }).vm, 7);
    expect(bound['binding:profile']).toEqual({ parent_name: VIF, tag: 7 });
    for (const body of [bound, portBody(nicOn([v4]), vm, 7)]) expect(body).not.toHaveProperty('device_id');
  });

  it('names security groups and a MAC address only when they are requested', () => {
    expect(Object.keys(portBody(nicOn([v4, v4b, v6]), vm, 7)).sort()).toEqual(['name', 'network_id', 'tags']);
    const body = portBody(nicOn([v4], { mac: '02:00:00:00:00:01' }, ['sg']), vm, 7);
    expect([body.mac_address, body.security_groups]).toEqual(['02:00:00:00:00:01', ['sg']]);
  });
});

it('tagsOf: only a NIC without special requests is tagged for the warm pool', () => {
  const isPlain = (wants: Partial<NicWishes>) => tagsOf(nicOn([v4], wants), vm).includes(portTags.plain);
  expect([isPlain({}), isPlain({ addresses: ['10.0.0.9'] }), isPlain({ mac: '02:00:00:00:00:01' })]).toEqual([
    true,
    false,
    false,
  ]);
  expect(tagsOf(nicOn([v4]), vm)).toEqual(
    expect.arrayContaining([portTags.ours, portTags.vif(VIF), portTags.nic('nic-1')]),
  );
});

it('scenario 15: no bulk request on a network with a SLAAC subnet: Neutron 21 answers 500', () => {
  const with6 = (mode: 'slaac' | 'dhcpv6-stateless' | 'dhcpv6-stateful') =>
    mustBeMadeSingly(nicOn([v4, { ...v6, ipv6_address_mode: mode }]));
  expect([with6('slaac'), with6('dhcpv6-stateless'), with6('dhcpv6-stateful')]).toEqual([true, true, false]);
  expect(mustBeMadeSingly(nicOn([v4, v6]))).toBe(false);
});
