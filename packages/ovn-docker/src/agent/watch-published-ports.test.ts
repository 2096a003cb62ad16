import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { WARNING_CHANNEL, type WarningEvent } from '../observe/warnings.ts';
import { watchPublishedPorts } from './watch-published-ports.ts';

const warnings: WarningEvent['details'][] = [];
const onWarning = (message: unknown) => void warnings.push((message as WarningEvent).details);
beforeEach(() => subscribe(WARNING_CHANNEL, onWarning));
afterEach(() => {
  unsubscribe(WARNING_CHANNEL, onWarning);
  warnings.length = 0;
});

/** A Docker client that reports starts of containers with these endpoints, and then nothing more. */
const dockerWith = (endpoints: string[], starts: string[], stop: AbortController) =>
  ({
    containersWithEndpoint: async (isSelected: (endpoint: string) => boolean) =>
      endpoints.some(isSelected) ? ['c-1'] : [],
    sandboxOf: async (containerId: string) => ({ containerId, netns: '/none', endpoints }),
    async *events(_label: unknown, _signal: AbortSignal, onOpen: () => Promise<void>) {
      await onOpen();
      for (const containerId of starts) {
        yield { action: 'start', containerId, labels: {} } satisfies ContainerEvent;
        await new Promise(setImmediate);
      }
      stop.abort();
    },
  }) as unknown as DockerEngine;

const world = createWorld();
const claim = async (endpointId: string, published?: string) =>
  acquire(world.engine, {
    pool: world.pool,
    wants: { name: '' },
    claim: { endpointId, ...(published ? { published } : {}) },
  });
async function watch(endpoints: string[], starts: string[] = ['c-1', 'c-1']): Promise<void> {
  const stop = new AbortController();
  await watchPublishedPorts(world.engine, dockerWith(endpoints, starts, stop), stop.signal);
}

it('scenario 47: warns once of a container whose networks are all logical ones', async () => {
  const endpoints = ['e-1', 'e-2'];
  const watching = new AbortController();
  const docker = dockerWith(endpoints, ['c-1', 'c-1'], watching);
  const following = watchPublishedPorts(world.engine, docker, watching.signal);
  const nic = await claim('e-1', '80/tcp');
  await claim('e-2', '80/tcp');
  await following;
  const addresses = expect.stringContaining(nic.port.fixed_ips[0]?.ip_address ?? '-');
  expect(warnings).toEqual([{ container: 'c-1', published: '80/tcp', addresses }]);
});

it('scenario 47: does not warn of a container that is on another driver’s network too', async () => {
  await claim('e-3', '80/tcp');
  await watch(['e-3', 'bridge']);
  expect(warnings).toEqual([]);
});

it('does not warn again of what an earlier agent has seen, and not of a container without published ports', async () => {
  await claim('e-4', '80/tcp');
  await claim('e-5');
  await watch(['e-4']);
  await watch(['e-5']);
  expect(warnings).toEqual([]);
});
