import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mutated } from '../../../test/support/hostile-json.ts';
import { createWorld, subnetOf } from '../../../test/support/world.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { libnetworkServer } from './server.ts';

interface Recorded {
  readonly call: string;
  readonly request: unknown;
}

const data = join(import.meta.dirname, '../../../test/data/libnetwork-requests.jsonl');
const recorded = readFileSync(data, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

const NETWORK = 'a'.repeat(64);
const ENDPOINT = 'b'.repeat(64);
const POOL = 'subnet/subnet-1/0badcafe';
/** Values that lead past the first checks. */
const known = [
  ...[
    NETWORK,
    ENDPOINT,
    POOL,
    '10.0.0.7',
    '10.0.0.7/24',
    '10.0.0.0/24',
    'ovn-docker-local',
    'net',
    'subnet-1',
  ],
  ...[{ 'neutron.net.name': 'net' }, { 'com.docker.network.generic': { 'neutron.net.name': 'net' } }],
  [{ AddressSpace: 'ovn-docker-local', Pool: '10.0.0.0/24', Gateway: '10.0.0.1/24' }],
];

/** The real server over a world with one Docker network, and a function that sends a call. */
async function serve() {
  const route = { destination: '192.0.2.0/24', nexthop: '10.0.0.9' };
  const world = createWorld({ subnets: [subnetOf('subnet-1', '10.0.0.0/24', { host_routes: [route] })] });
  const subnets = [{ id: 'subnet-1', cidr: '10.0.0.0/24', pool: POOL }];
  await dockerNetworks.put(world.vm.vmSwitch, NETWORK, { network: 'network-1', subnets, made: false });
  const server = libnetworkServer(world.engine, 'warn');
  const send = async (call: string, body: unknown) => {
    const answer = await server.request(`/${call}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
  };
  return { world, send };
}

const call = fc
  .constantFrom(...recorded)
  .chain(({ call: name, request }) => fc.record({ name: fc.constant(name), body: mutated(request, known) }));

it('no body makes a call fail without an error of its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), fc.boolean(), async (calls, atOnce) => {
      const { send } = await serve();
      const check = async ({ name, body }: { name: string; body: unknown }) => {
        const answer = await send(name, body);
        expect([200, 400]).toContain(answer.status);
        const error = answer.body['Err'] ?? answer.body['Error'] ?? '';
        expect(error).not.toMatch(/E_INTERNAL|bug of|constraint|OVSDB|\bat .*:\d+/);
        // A refusal has a code; a body of another form is named as such.
        if (error !== '')
          expect(error).toMatch(answer.status === 200 ? /\[E_[A-Z_]+\]; / : /the body is not/);
      };
      if (atOnce) await Promise.all(calls.map(check));
      else for (const each of calls) await check(each);
    }),
    { numRuns: 150 },
  );
});

it('a network id of characters beyond the basic plane gets a name that Neutron accepts', async () => {
  const { send } = await serve();
  const IPv4Data = [{ AddressSpace: 'stub-local', Gateway: '10.2.0.1/24', Pool: '10.2.0.0/24' }];
  const network = { NetworkID: ` ${'\u{10000}'.repeat(12)}`, Options: {}, IPv4Data, IPv6Data: [] };
  const { body } = await send('NetworkDriver.CreateNetwork', network);
  expect(body['Err'] ?? '').not.toContain('E_INTERNAL');
});

it('an invalid address is refused as such', async () => {
  const { send } = await serve();
  for (const Address of ['10.0.0.300', 'x', '10.0.0.7/24', '\ud800']) {
    const { body } = await send('IpamDriver.RequestAddress', { PoolID: POOL, Address });
    expect(body['Error']).toMatch(/E_ADDRESS|invalid Unicode/);
  }
});

it('scenario 17: of simultaneous duplicates of a call, all succeed, and there is one NIC', async () => {
  const { world, send } = await serve();
  const twice = async (name: string, body: unknown) => {
    const answers = await Promise.all([1, 2, 3].map(() => send(name, body)));
    for (const answer of answers) expect(answer).toEqual({ status: 200, body: answers[0]?.body });
    return answers[0]?.body ?? {};
  };
  const ids = { NetworkID: NETWORK, EndpointID: ENDPOINT };
  // Without RequestAddress, as with Docker's own IPAM driver: CreateEndpoint claims the NIC.
  await twice('NetworkDriver.CreateEndpoint', { ...ids, Interface: { Address: '10.0.0.77/24' } });
  await twice('NetworkDriver.Join', { ...ids, SandboxKey: '/run/netns/none' });
  expect(world.books()).toMatchObject({ ports: 1, rows: 1, nics: 1 });
  await twice('NetworkDriver.Leave', ids);
  await twice('NetworkDriver.DeleteEndpoint', ids);
  expect(world.books()).toMatchObject({ nics: expect.toSatisfy((count: number) => count <= 1) });
});

it('scenario 17: a Join during CreateEndpoint waits for the NIC', async () => {
  const { world, send } = await serve();
  const ids = { NetworkID: NETWORK, EndpointID: ENDPOINT };
  const answers = await Promise.all([
    send('NetworkDriver.CreateEndpoint', { ...ids, Interface: { Address: '10.0.0.77/24' } }),
    send('NetworkDriver.Join', { ...ids, SandboxKey: '/run/netns/none' }),
    send('NetworkDriver.Join', { ...ids, SandboxKey: '/run/netns/none' }),
  ]);
  for (const { body } of answers) expect(body['Err']).toBeUndefined();
  expect(world.books()).toMatchObject({ ports: 1, rows: 1, nics: 1 });
});

it('a network that an earlier agent accepted without --ipam-driver and with a wrong option keeps working', async () => {
  const { world, send } = await serve();
  const Options = { 'com.docker.network.generic': { 'neutron.net.nmae': 'net' } };
  const IPv4Data = [{ AddressSpace: 'LocalDefault', Pool: '10.0.0.0/24' }];
  const create = (NetworkID: string) => send('NetworkDriver.CreateNetwork', { NetworkID, Options, IPv4Data });
  expect((await create('new')).body['Err']).toContain('E_OPTION_UNKNOWN');
  expect((await create(NETWORK)).body).toEqual({});
  const endpoint = (EndpointID: string) =>
    send('NetworkDriver.CreateEndpoint', {
      NetworkID: NETWORK,
      EndpointID,
      Interface: { Address: '10.0.0.77/24' },
    });
  expect((await endpoint(ENDPOINT)).body).toMatchObject({ Interface: { MacAddress: expect.any(String) } });
  // Docker chose the address of a port in another VM.
  const foreign = await world.neutron.client.ports.create({
    network_id: 'network-1',
    fixed_ips: [{ subnet_id: 'subnet-1', ip_address: '10.0.0.78' }],
    tags: ['ovn-docker'],
  });
  const { body } = await send('NetworkDriver.CreateEndpoint', {
    NetworkID: NETWORK,
    EndpointID: 'other',
    Interface: { Address: `${foreign.fixed_ips[0]?.ip_address}/24` },
  });
  expect(body['Err']).toMatch(/E_ADDRESS_IN_USE.*if you chose no address, Docker did.*--ipam-driver ovn/);
});
