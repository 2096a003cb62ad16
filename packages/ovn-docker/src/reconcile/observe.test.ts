import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { expect, it, onTestFinished } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import { listen } from '../agent/listen.ts';
import { DockerEngine } from '../clients/docker-engine.ts';
import { containerLabels } from '../config/known-keys.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { networkLabels } from '../networks/network-labels.ts';
import { observe } from './observe.ts';

interface FakeContainer {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Serves a Docker daemon's networks and containers on a socket. Returns the agent's client for it. */
async function dockerWith(networks: Readonly<Record<string, string>>, containers: readonly FakeContainer[]) {
  const folder = mkdtempSync(join(tmpdir(), 'observe-'));
  const app = new Hono()
    .get('/networks', (context) =>
      context.json(Object.entries(networks).map(([Id, Driver]) => ({ Id, Driver }))),
    )
    .get('/networks/:id', (context) =>
      context.json({ IPAM: {}, Containers: { c: { EndpointID: context.req.param('id'), MacAddress: '' } } }),
    )
    .get('/containers/json', (context) =>
      context.json(containers.map((container) => ({ ...container, State: 'running' }))),
    );
  const server = await listen(app, join(folder, 'docker.sock'), new AbortController().signal);
  const engine = new DockerEngine(join(folder, 'docker.sock'));
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return engine;
}

it('observes Docker networks that use the driver, have a record, or have a network that the agent made', async () => {
  const { engine, vm, neutron } = createWorld();
  await dockerNetworks.put(vm.vmSwitch, 'recorded', { network: 'network-1', subnets: [], made: false });
  const made = '0123456789abcdef';
  neutron.networks.push({
    ...networkLabels(vm.vifId, made),
    id: 'n-2',
  } as unknown as (typeof neutron.networks)[0]);
  const docker = await dockerWith(
    { recorded: 'old', [made]: 'old', f0f0: 'old', now: 'new', b: 'bridge' },
    [],
  );
  const observation = await observe(engine, docker, 'new');
  expect([...(observation.docker?.networks.keys() ?? [])].sort()).toEqual([made, 'now', 'recorded']);
});

it('a container that inherited its label through `docker commit` does not count as labelled', async () => {
  const { engine, pool } = createWorld();
  const claim = { label: 'known', containerId: 'first' };
  await acquire(engine, { pool, wants: { name: '' }, claim });
  await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'gone', containerId: 'removed' } });
  const labelled = (Id: string, label: string) => ({ Id, Labels: { [containerLabels.nic]: label } });
  // Docker lists the youngest first.
  const containers = [
    labelled('copy', 'known'),
    labelled('copy of unknown', 'unknown'),
    labelled('copy of removed', 'gone'),
    labelled('first', 'known'),
    labelled('older', 'unknown'),
  ];
  const { docker } = await observe(engine, await dockerWith({}, containers), 'ovn');
  const owners = [...(docker?.labelled ?? [])].map(([label, { id }]) => [label, id]);
  expect(owners.sort()).toEqual([
    ['known', 'first'],
    ['unknown', 'older'],
  ]);
});
