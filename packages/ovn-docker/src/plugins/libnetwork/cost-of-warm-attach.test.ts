import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { fillPool } from '../../pools/fill-pool.ts';
import { libnetworkServer } from './server.ts';

const NETWORK = 'a'.repeat(64);
const POOL = 'subnet/subnet-1';

/** The server with `count` warm NICs, and a function that counts what a few of its calls cost. */
async function serve(count: number) {
  const world = createWorld({ marks: { high: 2 * count } });
  const { vm, engine, vmSwitch, links, neutron } = world;
  const subnets = [{ id: 'subnet-1', cidr: '10.0.0.0/24', pool: POOL }];
  await dockerNetworks.put(vm.vmSwitch, NETWORK, { network: 'network-1', subnets, made: false });
  await fillPool(engine, engine.pools.of(world.target), count);
  // The fake interfaces have no checksums to switch off.
  Object.defineProperty(vmSwitch, 'isUserspace', { value: true });
  const server = libnetworkServer(engine, 'warn');
  const call = async (method: string, body: object) => {
    const answer = await server.request(`/${method}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as Readonly<Record<string, string>>;
  };
  const [annotate, plug, link] = [
    vi.spyOn(vmSwitch, 'annotate'),
    vi.spyOn(vmSwitch, 'plug'),
    vi.spyOn(links, 'link'),
  ];
  const costOf = async (work: () => Promise<unknown>) => {
    vi.clearAllMocks();
    neutron.calls.length = 0;
    await work();
    return {
      transactions: annotate.mock.calls.length + plug.mock.calls.length,
      lookUps: link.mock.calls.length,
      requests: neutron.calls.length,
    };
  };
  return { world, call, costOf };
}

it('a warm attach costs two transactions and five look-ups of interfaces, a detach one and three', async () => {
  const { world, call, costOf } = await serve(3);
  const ids = { NetworkID: NETWORK, EndpointID: randomBytes(32).toString('hex') };
  let address = '';
  const attach = await costOf(async () => {
    address = (await call('IpamDriver.RequestAddress', { PoolID: POOL, Address: '' }))['Address'] ?? '';
    const Interface = { Address: address, AddressIPv6: '', MacAddress: '' };
    await call('NetworkDriver.CreateEndpoint', { ...ids, Interface, Options: {} });
    await call('NetworkDriver.Join', { ...ids, SandboxKey: '/nowhere', Options: {} });
  });
  expect(attach).toEqual({ transactions: 2, lookUps: 5, requests: 0 });
  expect(world.engine.nics.withEndpoint(ids.EndpointID)?.claim?.promised).toEqual(
    new Set([address.split('/')[0]]),
  );
  const detach = await costOf(async () => {
    await call('NetworkDriver.Leave', ids);
    await call('NetworkDriver.DeleteEndpoint', ids);
    await call('IpamDriver.ReleaseAddress', { PoolID: POOL, Address: address.split('/')[0] });
  });
  expect(detach).toMatchObject({ transactions: 1, lookUps: 3 });
});
