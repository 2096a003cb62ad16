import { expect, it, onTestFinished } from 'vitest';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { containerLabels } from '../config/known-keys.ts';
import { publishPass } from '../observe/pass-events.ts';
import { healthRoutes } from './health-routes.ts';
import { HealthService } from './health-service.ts';

async function createScene() {
  const world = await createWarmWorld(2);
  const nic = await claimOne(world, 'label-1');
  const health = new HealthService();
  onTestFinished(() => health[Symbol.dispose]());
  const container = {
    id: 'c-1',
    name: 'web "1"\n',
    state: 'running',
    endpoints: [],
    networks: [],
    labels: { [containerLabels.nic]: 'label-1' },
  };
  const probe = { probe: 'tcp:80', passed: false, milliseconds: 250 };
  const show = () =>
    health.show({ engine: world.engine, docker: { list: async () => [container] }, probeOf: () => probe });
  const routes = healthRoutes(health);
  const get = async (path: string) => {
    const answer = await routes.request(path);
    return { status: answer.status, text: await answer.text() };
  };
  return { nic, health, show, get };
}

it('before the agent serves, says what it waits for; the agent itself lives', async () => {
  const { health, get, show } = await createScene();
  health.waitFor('waiting for the VM’s switch');
  expect(await get('/healthz')).toEqual({ status: 200, text: '{"alive":true}' });
  const waiting = { ready: false, reasons: ['waiting for the VM’s switch'], notes: [] };
  const { status, text } = await get('/readyz');
  expect([status, JSON.parse(text)]).toEqual([503, waiting]);
  expect(JSON.parse((await get('/v1/health')).text)).toEqual({ ...waiting, containers: [] });
  expect((await get('/metrics')).text).toContain('\novn_docker_ready 0\n');

  const shown = show();
  expect((await get('/readyz')).status).toBe(200);
  shown[Symbol.dispose]();
  expect(JSON.parse((await get('/readyz')).text).reasons).toEqual(['the agent begins a new life']);
});

it('shows the findings of the last pass at the containers that they concern, and as metrics', async () => {
  const { nic, get, show } = await createScene();
  show();
  const finding = {
    kind: 'down port',
    nic: nic.id,
    evidence: 'DOWN since 12:00',
    result: 'put right',
  } as const;
  publishPass({ findings: [finding], isGuarded: true });
  const [container] = JSON.parse((await get('/v1/containers')).text);
  expect(container.faults).toContain('net: down port: DOWN since 12:00');
  const { text } = await get('/metrics');
  for (const line of [
    'ovn_docker_ready 1',
    'ovn_docker_containers{verdict="faulty"} 1',
    'ovn_docker_nics{state="warm"} 1',
    'ovn_docker_pool_nics{network="net",state="warm"} 1',
    'ovn_docker_findings{kind="down port"} 1',
    'ovn_docker_probe_success{container="web \\"1\\"\\n",network="net",probe="tcp:80"} 0',
    'ovn_docker_probe_seconds{container="web \\"1\\"\\n",network="net",probe="tcp:80"} 0.25',
  ])
    expect(text.split('\n')).toContain(line);
});

it('a pass that could not reach the flow tables makes the agent not ready', async () => {
  const { get, show } = await createScene();
  show();
  publishPass({ findings: [], isGuarded: false });
  expect((await get('/readyz')).status).toBe(503);
  publishPass({ findings: [], isGuarded: true });
  expect((await get('/readyz')).status).toBe(200);
});
