import type { Network, Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import type { Claim, PluggedNic } from '../../nics/nic.ts';
import { joinAnswer } from './join-answer.ts';

const nicWith = (claim: Partial<Claim>): PluggedNic => ({
  id: 'n',
  neutron: createWorld().engine.neutron,
  target: { network: {} as Network, subnets: [] },
  wants: { name: '' },
  state: 'claimed',
  vlan: 7,
  port: {} as Port,
  claim: { since: 0, promised: new Set(), ...claim },
});
const routing = { gateway: '10.0.0.1', gatewayIPv6: 'fd00::1', routes: [], connected: [], addresses: [] };

it('names the gateways to Docker', () => {
  expect(joinAnswer(nicWith({}), routing)).toEqual({
    InterfaceName: { SrcName: 'ovn-7c', DstPrefix: 'eth' },
    Gateway: '10.0.0.1',
    GatewayIPv6: 'fd00::1',
    StaticRoutes: [],
  });
});

it('scenario 47: names no gateway of a container that publishes ports, and keeps docker_gwbridge away', () => {
  expect(joinAnswer(nicWith({ gateways: ['10.0.0.1', 'fd00::1'] }), routing)).toEqual({
    InterfaceName: { SrcName: 'ovn-7c', DstPrefix: 'eth' },
    DisableGatewayService: true,
    StaticRoutes: [],
  });
});

it('scenario 48: names the interface as the user asks', () => {
  const { InterfaceName } = joinAnswer(nicWith({ endpoint: { interfaceName: 'front' } }), routing);
  expect(InterfaceName).toEqual({ SrcName: 'ovn-7c', DstPrefix: 'eth', DstName: 'front' });
});
