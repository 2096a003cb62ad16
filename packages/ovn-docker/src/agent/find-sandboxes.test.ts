import { readFileSync } from 'node:fs';
import { inNetns, Rtnetlink } from '@ovn-docker/netlink';
import { expect, it } from 'vitest';
import { testNamespaces } from '../../../netlink/test/support/test-netns.ts';
import { createWorld, restart } from '../../test/support/world.ts';
import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { watchSandboxes } from './find-sandboxes.ts';

const namespaces = testNamespaces();

/** Docker with one container, which runs when the stream opens or starts later. */
const dockerWith = (endpoint: string, netns: string, stop: AbortController, startsLater: boolean) => {
  let isRunning = !startsLater;
  const asked: string[] = [];
  const docker = {
    containersWithEndpoint: async (isSelected: (id: string) => boolean) =>
      isRunning && isSelected(endpoint) ? ['c-1'] : [],
    sandboxOf: async (containerId: string) => {
      asked.push(containerId);
      return { containerId, netns, endpoints: ['other', endpoint] };
    },
    async *events(_label: unknown, _signal: AbortSignal, onOpen: () => Promise<void>) {
      await onOpen();
      isRunning = true;
      for (const containerId of startsLater ? ['c-1', 'c-2'] : []) {
        yield { action: 'start', containerId, labels: {} } satisfies ContainerEvent;
        await new Promise(setImmediate);
      }
      stop.abort();
    },
  };
  return { docker: docker as unknown as DockerEngine, asked };
};

it.each([false, true])(
  'scenario 38: a container whose Join an earlier agent answered ignores router advertisements (it starts later: %s)',
  async (startsLater) => {
    const first = createWorld();
    const claim = { endpointId: 'e-1' };
    const { port } = await acquire(first.engine, { pool: first.pool, wants: { name: '' }, claim });
    const { engine } = await restart(first);
    const netns = namespaces.create();
    using inside = Rtnetlink.open(netns);
    inside.createVeth({ name: 'eth0', peer: { name: 'vm', mac: '02:00:00:00:00:09' } });
    inside.setLink('eth0', { mac: port.mac_address });
    const accepts = () =>
      inNetns(netns, () => readFileSync('/proc/sys/net/ipv6/conf/eth0/accept_ra', 'utf8').trim());
    expect(accepts()).toBe('1');
    const stop = new AbortController();
    const { docker, asked } = dockerWith('e-1', netns, stop, startsLater);
    await watchSandboxes(engine, docker, stop.signal);
    expect(accepts()).toBe('0');
    expect(engine.nics.withEndpoint('e-1')?.claim?.sandbox).toBe(netns);
    // Nothing is missing any more: the agent asks Docker no second time.
    expect(asked).toEqual(['c-1']);
  },
);
