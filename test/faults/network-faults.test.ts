import { openLab } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ApiProxy } from '../support/faults/api-proxy.ts';
import { type CloudByProxy, cloudByProxy } from '../support/faults/clouds-by-proxy.ts';
import { CrashScene } from '../support/faults/crash-scene.ts';
import type { Fault } from '../support/faults/proxy/rules.ts';
import { DRIVERS, IMAGE } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * `docker network create` and `docker network rm` while Neutron's answers are lost or errors, and while the
 * agent is killed.
 */
const lab = openLab(LAB);
const NAME = 'victim-net';
let scene: CrashScene;
let proxy: ApiProxy;
let cloud: CloudByProxy;

beforeAll(async () => {
  proxy = await ApiProxy.start(lab);
  cloud = cloudByProxy(lab, 'vm-a');
  const config = { cloud: cloud.config, mode: 'trunk', pool: { low: 0, high: 0 } };
  scene = await CrashScene.raise(lab, 'net-faults', '10.166.0.0/16', config);
});

beforeEach(() => scene.agent.printLogOnFailure());

afterEach(async () => {
  await proxy.reset();
  await docker('rm');
});

afterAll(async () => {
  await scene.end();
  cloud.remove();
  await proxy.stop();
});

const calls = {
  'POST network': { method: 'POST', path: '^/v2.0/networks' },
  'POST subnet': { method: 'POST', path: '^/v2.0/subnets' },
  'DELETE network': { method: 'DELETE', path: '^/v2.0/networks/' },
} as const;
type Call = keyof typeof calls;

const unavailable = (status: number): Fault => ({
  kind: 'answer',
  status,
  body: { NeutronError: { type: 'ServiceUnavailable', message: 'The proxy says so.', detail: '' } },
});

const mishaps: readonly (readonly [name: string, fault: Fault, times?: number])[] = [
  ['cut before', { kind: 'cut', moment: 'before' }, 1],
  ['cut after', { kind: 'cut', moment: 'after' }, 1],
  ['duplicated, first answer', { kind: 'duplicate', answer: 'first' }, 1],
  ['duplicated, second answer', { kind: 'duplicate', answer: 'second' }, 1],
  ['500', unavailable(500), 1],
  ['503 every time', unavailable(503)],
];
const cases = (Object.keys(calls) as Call[]).flatMap((call) =>
  mishaps.map(([name, fault, times]): [Call, string, Fault, number | undefined] => [
    call,
    name,
    fault,
    times,
  ]),
);

async function docker(verb: 'create' | 'rm') {
  const options = [...DRIVERS, '--subnet', '10.167.0.0/24'];
  const command = ['docker', 'network', verb, ...(verb === 'create' ? options : []), NAME];
  return scene.a.machine.run(command);
}

const networkExists = async () =>
  (await scene.a.docker('network', 'ls', '--quiet', '--filter', `name=^${NAME}$`)) !== '';

/** The Neutron networks that agents created for Docker networks. */
async function driverNetworks() {
  const networks = await scene.api.list('network');
  return networks.filter(({ description }) => String(description).startsWith('ovn-docker:vif='));
}

/**
 * Expects that every Docker network of the driver has exactly one Neutron network, that containers run on it,
 * and that removing it leaves nothing.
 */
async function expectConsistentNetworks(): Promise<void> {
  await scene.expectInOrder();
  const exists = await networkExists();
  expect(await driverNetworks()).toHaveLength(exists ? 1 : 0);
  if (exists) {
    const [{ id = '' } = {}] = await driverNetworks();
    expect(await scene.api.list('subnet', `network_id=${id}`)).toHaveLength(1);
    const run = ['docker', 'run', '--rm', '--network', NAME, IMAGE, 'true'];
    expect(await scene.a.machine.run(run)).toMatchObject({ code: 0 });
    expect(await docker('rm')).toMatchObject({ code: 0 });
  }
  await scene.expectInOrder();
  expect([await networkExists(), await driverNetworks()]).toEqual([false, []]);
}

it.each(cases)('%s: %s', async (call, _, fault, times) => {
  const isRemoval = call === 'DELETE network';
  if (isRemoval) expect(await docker('create')).toMatchObject({ code: 0 });
  const rule = await proxy.addRule({ ...calls[call], fault, ...(times === undefined ? {} : { times }) });
  const { code, stderr } = await docker(isRemoval ? 'rm' : 'create');
  await rule.hit();
  await proxy.reset();
  // The user sees an error code.
  if (code !== 0) expect(stderr).toMatch(/\[E_[A-Z_]+\]/);
  expect(await networkExists()).toBe((code === 0) !== isRemoval);
  await expectConsistentNetworks();
});

it.each(['POST network', 'POST subnet'] as const)(
  'ovn-docker create network succeeds and creates one network, though the answer to %s is lost',
  async (call) => {
    const rule = await proxy.addRule({ ...calls[call], fault: { kind: 'cut', moment: 'after' }, times: 1 });
    const result = await scene.a.ovnDocker(['create', 'network', NAME, '--subnet', '10.168.0.0/24']);
    await rule.hit();
    const networks = await scene.api.list('network', `name=${NAME}`);
    const id = networks[0]?.id ?? '';
    try {
      expect(result).toMatchObject({ code: 0, stdout: `network ${NAME} ${id} subnet 10.168.0.0/24\n` });
      expect(networks).toHaveLength(1);
      expect(await scene.api.list('subnet', `network_id=${id}`)).toHaveLength(1);
    } finally {
      for (const network of networks) await scene.api.delete('network', network.id);
    }
  },
);

it.each(Object.keys(calls) as Call[])('%s: the agent is killed before the answer arrives', async (call) => {
  const isRemoval = call === 'DELETE network';
  if (isRemoval) expect(await docker('create')).toMatchObject({ code: 0 });
  const rule = await proxy.addRule({ ...calls[call], fault: { kind: 'hang' }, times: 1 });
  const command = docker(isRemoval ? 'rm' : 'create');
  await rule.hit();
  await scene.a.machine.stop('agent', 'KILL');
  await rule.release();
  await scene.agent.restart();
  await command;
  await expectConsistentNetworks();
});
