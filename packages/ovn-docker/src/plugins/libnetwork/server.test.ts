import { pino } from 'pino';
import { expect, it } from 'vitest';
import { OvnDockerError } from '../../errors.ts';
import type { Engine } from '../../nics/engine.ts';
import { InTurn } from '../../queues/in-turn.ts';
import { NicPools } from '../../nics/pools.ts';
import { NicRegistry } from '../../nics/registry.ts';
import { libnetworkServer } from './server.ts';

/** Only the protocol's own rules are tested here; what the calls do is a matter of the system tests. */
const server = libnetworkServer({
  get neutron(): Engine['neutron'] {
    throw new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away');
  },
  vm: () => Promise.reject(new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away')),
  nics: new NicRegistry(),
  pools: new NicPools(() => ({ low: 0, high: 0, batch: 1, idleMs: 1 })),
  wake: () => undefined,
  draining: new Set(),
  inTurn: new InTurn(),
  get returned(): Engine['returned'] {
    throw new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away');
  },
  log: pino({ level: 'silent' }),
});

const call = async (method: string, body?: string) => {
  const answer = await server.request(`/${method}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: await answer.json() };
};

it('implements both drivers, locally scoped', async () => {
  expect(await call('Plugin.Activate')).toEqual({
    status: 200,
    body: { Implements: ['NetworkDriver', 'IpamDriver'] },
  });
  const capabilities = await call('NetworkDriver.GetCapabilities');
  expect(capabilities.body).toEqual({ Scope: 'local', ConnectivityScope: 'global' });
});

it('answers 404 to a method that it does not know, so that newer engines may ask', async () => {
  expect((await call('NetworkDriver.GwAllocCheck', '{}')).status).toBe(404);
});

it('answers 400 to an empty body: moby may send a drained buffer when it retries', async () => {
  expect((await call('IpamDriver.RequestPool', '')).status).toBe(400);
  expect((await call('NetworkDriver.Join', '{"NetworkID":1}')).status).toBe(400);
});

it('refuses with HTTP 200 and the key that the driver is asked by', async () => {
  const ids = { NetworkID: 'n', EndpointID: 'e' };
  const join = await call('NetworkDriver.Join', JSON.stringify({ ...ids, SandboxKey: '/x' }));
  expect(join).toEqual({
    status: 200,
    body: { Err: expect.stringContaining('Neutron is away [E_API_UNREACHABLE]') },
  });
  const pool = await call('IpamDriver.RequestPool', JSON.stringify({ AddressSpace: 'a', Options: null }));
  expect(pool).toEqual({ status: 200, body: { Error: expect.stringContaining('E_API_UNREACHABLE') } });
});

it('lets go of an endpoint that it never knew', async () => {
  const ids = JSON.stringify({ NetworkID: 'n', EndpointID: 'e' });
  expect((await call('NetworkDriver.Leave', ids)).body).toEqual({});
  expect((await call('NetworkDriver.DeleteEndpoint', ids)).body).toEqual({});
});
