import type { Subnet } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import type { AgentState } from '../../nics/agent-state.ts';
import type { Nic } from '../../nics/nic.ts';
import { networksToCome } from './networks-to-come.ts';

const note = (cidr: string) => JSON.stringify({ network: cidr, subnets: [{ id: cidr, cidr }], made: false });
const notes = () => ({
  'ovn-docker:docker-network:here': note('10.0.0.0/24'),
  'ovn-docker:docker-network:there': note('10.1.0.0/24'),
  'ovn-docker:docker-network:elsewhere': note('10.2.0.0/24'),
});
const state = {
  vm: async () => ({ vmSwitch: { notes } }),
  nics: { withEndpoint: (id: string) => (id === 'joined' ? {} : undefined) },
  log: { debug: () => undefined },
} as unknown as AgentState;
const nicTo = (...destinations: string[]) => {
  const host_routes = destinations.map((destination) => ({ destination, nexthop: '10.0.0.9' }));
  return { target: { subnets: [{ host_routes } as unknown as Subnet] } } as unknown as Nic;
};
const asked = { NetworkID: 'here', EndpointID: 'mine' };
const dockerWith =
  (...containers: Record<string, string>[]) =>
  async () =>
    containers.map((networks) => new Map(Object.entries(networks)));
const silent = () => Promise.reject(new Error('no answer'));

it('is what the containers that are not joined yet have besides', async () => {
  const docker = dockerWith({ here: '', there: '', elsewhere: '' }, { elsewhere: '' });
  expect(await networksToCome(state, docker, nicTo('10.1.0.0/16'), asked)).toEqual(['10.1.0.0/24']);
});

it('is nothing for a container that runs already, or that is on this network alone', async () => {
  const docker = dockerWith({ here: 'joined', there: 'other' }, { here: '' }, { there: '' });
  expect(await networksToCome(state, docker, nicTo('10.1.0.0/24'), asked)).toEqual([]);
});

it('knows its own container by the endpoint', async () => {
  const docker = dockerWith({ here: 'mine', there: '' });
  expect(await networksToCome(state, docker, nicTo('10.1.0.7'), asked)).toEqual(['10.1.0.0/24']);
});

it('is every network that a route leads to while Docker does not answer', async () => {
  expect(await networksToCome(state, silent, nicTo('10.0.0.0/8'), asked)).toEqual([
    '10.1.0.0/24',
    '10.2.0.0/24',
  ]);
});

it('does not ask Docker when no route leads to another network', async () => {
  expect(await networksToCome(state, silent, nicTo('192.0.2.0/24', '10.0.0.0/25'), asked)).toEqual([]);
});
