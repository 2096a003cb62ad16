import { pino } from 'pino';
import { expect, it } from 'vitest';
import { OvnDockerError } from '../../errors.ts';
import type { Engine } from '../../nics/engine.ts';
import { NicPools } from '../../nics/pools.ts';
import { NicRegistry } from '../../nics/registry.ts';
import { InTurn } from '../../queues/in-turn.ts';
import { libnetworkServer } from './server.ts';

/** These tests cover the rules of the protocol; the system tests cover what the calls do. */
const server = libnetworkServer(
  {
    get neutron(): Engine['neutron'] {
      throw new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away');
    },
    vm: () => Promise.reject(new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away')),
    confirm: () => Promise.reject(new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away')),
    unconfirmed: undefined,
    nics: new NicRegistry(),
    pools: new NicPools(() => ({ low: 0, high: 0, batch: 1, idleMs: 1 })),
    wake: () => undefined,
    draining: new Set(),
    inTurn: new InTurn(),
    get returned(): Engine['returned'] {
      throw new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away');
    },
    log: pino({ level: 'silent' }),
  },
  'warn',
);

const call = async (method: string, body?: string) => {
  const answer = await server.request(`/${method}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: await answer.json() };
};

it('implements both drivers with local scope', async () => {
  expect(await call('Plugin.Activate')).toEqual({
    status: 200,
    body: { Implements: ['NetworkDriver', 'IpamDriver'] },
  });
  const capabilities = await call('NetworkDriver.GetCapabilities');
  expect(capabilities.body).toEqual({ Scope: 'local', ConnectivityScope: 'global', GwAllocChecker: true });
});

it('answers 404 to an unknown method, which a newer Docker may call', async () => {
  expect((await call('NetworkDriver.AllocateNetwork', '{}')).status).toBe(404);
});

it('answers 400 to an empty body: moby may send a drained buffer when it retries', async () => {
  expect((await call('IpamDriver.RequestPool', '')).status).toBe(400);
  expect((await call('NetworkDriver.Join', '{"NetworkID":1}')).status).toBe(400);
});

it('refuses with HTTP 200 and with the error key of each driver', async () => {
  const ids = { NetworkID: 'n', EndpointID: 'e' };
  const join = await call('NetworkDriver.Join', JSON.stringify({ ...ids, SandboxKey: '/x' }));
  expect(join).toEqual({
    status: 200,
    body: { Err: expect.stringContaining('Neutron is away [E_API_UNREACHABLE]') },
  });
  const pool = await call('IpamDriver.RequestPool', JSON.stringify({ AddressSpace: 'a', Options: null }));
  expect(pool).toEqual({ status: 200, body: { Error: expect.stringContaining('E_API_UNREACHABLE') } });
});

it('answers Leave and DeleteEndpoint for an unknown endpoint', async () => {
  const ids = JSON.stringify({ NetworkID: 'n', EndpointID: 'e' });
  expect((await call('NetworkDriver.Leave', ids)).body).toEqual({});
  expect((await call('NetworkDriver.DeleteEndpoint', ids)).body).toEqual({});
});
