import { expect, it } from 'vitest';
import { createWorld, restart, subnetOf } from '../../../test/support/world.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import type { Engine } from '../../nics/engine.ts';
import { libnetworkServer } from './server.ts';

const ids = { NetworkID: 'a'.repeat(64), EndpointID: 'b'.repeat(64) };
const IFNAME = 'com.docker.network.endpoint.ifname';
const PORTMAP = 'com.docker.network.portmap';

async function call(engine: Engine, name: string, body: object): Promise<Record<string, unknown>> {
  const request = { method: 'POST', body: JSON.stringify({ ...ids, ...body }) };
  const answer = await libnetworkServer(engine, 'warn').request(`/NetworkDriver.${name}`, request);
  return (await answer.json()) as Record<string, unknown>;
}

/** An agent answers CreateEndpoint with these options and is killed; returns the next agent. */
async function killedAfterCreateEndpoint(Options: Readonly<Record<string, string>>): Promise<Engine> {
  const world = createWorld();
  const [{ id, cidr } = subnetOf('', '')] = world.target.subnets;
  const subnets = [{ id, cidr, pool: '' }];
  const network = { network: world.target.network.id, subnets, made: false };
  await dockerNetworks.put(world.vm.vmSwitch, ids.NetworkID, network);
  const endpoint = { Options, Interface: { Address: '10.0.0.77/24' } };
  expect(await call(world.engine, 'CreateEndpoint', endpoint)).toHaveProperty('Interface');
  const { engine } = await restart(world);
  return engine;
}

it('scenario 48: the agent is killed between CreateEndpoint and Join: the next one names the interface as asked', async () => {
  const engine = await killedAfterCreateEndpoint({ [IFNAME]: 'front' });
  const answer = await call(engine, 'Join', { SandboxKey: '/run/netns/none' });
  expect(answer).toMatchObject({ InterfaceName: { DstName: 'front' } });
});

it('scenario 47: the agent is killed between CreateEndpoint and Join: the next one refuses to publish ports', async () => {
  const engine = await killedAfterCreateEndpoint({ 'neutron.publish': 'refuse' });
  const Options = { [PORTMAP]: [{ Proto: 6, IP: '', Port: 80, HostIP: '', HostPort: 8080 }] };
  const answer = await call(engine, 'Join', { SandboxKey: '/run/netns/none', Options });
  expect(answer).toEqual({ Err: expect.stringContaining('E_PUBLISH') });
});
