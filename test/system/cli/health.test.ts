import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, repository, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Certificate,
  makeCa,
  makeCertificate,
} from '../../../packages/ovn-docker/test/support/certificates.ts';
import { configureAgent } from '../../support/agent-config.ts';
import { AgentProcess } from '../../support/agent-process.ts';
import { Api, type Resource } from '../../support/api.ts';
import { prometheusProgram, promtool, unpackPrometheus } from '../../support/prometheus.ts';
import { expectBalancedBooks } from '../../support/read-books.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Health as it is seen from outside the VM, over its address on the management network. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const phys = lab.machine('phys');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'watched';
const GATEWAY = '10.186.0.9';
const ADDRESS = lab.state.vms['vm-a']?.address ?? '';
const PORT = 9105;
/** Certificates, as the VM and the physical machine see them. */
const folder = '/etc/ovn-docker/health';
const inVm = join(vm.machine.places.data, folder);
const inPhys = join(phys.places.data, folder);

let api: Api;
let network: Resource;
let restore: () => Promise<void>;

beforeAll(async () => {
  unpackPrometheus();
  api = await Api.login(lab, 'alice');
  network = await api.create('network', { name: NETWORK });
  // A container of the test answers for the gateway, because the network has no router.
  const pools = [{ start: '10.186.0.10', end: '10.186.0.99' }];
  const subnet = { network_id: network.id, cidr: '10.186.0.0/24', ip_version: 4, gateway_ip: GATEWAY };
  await api.create('subnet', { ...subnet, allocation_pools: pools });
  mkdirSync(inVm, { recursive: true });
  const ca = makeCa(inVm);
  makeCertificate(inVm, 'vm-a', ca, ADDRESS);
  makeCertificate(inVm, 'prometheus', ca);
  makeCertificate(inVm, 'stranger', makeCa(inVm, 'other-ca'));
  cpSync(inVm, inPhys, { recursive: true });
  const serve = {
    address: `${ADDRESS}:${PORT}`,
    tls: { certificate: `${folder}/vm-a.pem`, key: `${folder}/vm-a.key` },
    client_ca: `${folder}/ca.pem`,
  };
  restore = await configureAgent(lab, 'vm-a', { serve, probes: { every: 1 }, pool: { low: 0, high: 4 } });
});
afterAll(async () => {
  await vm.cleanUp();
  await agent.ask('POST', '/v1/pools/drain', {});
  // `ovn-docker run` has made it for the containers of Docker's driver.
  await vm.removeNetworks(`name=${NETWORK}`);
  await expectBalancedBooks(lab, 'vm-a', api);
  await restore();
  await api.deleteEmptyNetwork(network);
});

/** Sends a request from the physical machine; prints the status and the body, or the code of the error. */
const ASK = `
const { readFileSync } = await import('node:fs');
const [url, ca, cert, key] = process.argv.slice(1);
const { get } = await import(new URL(url).protocol === 'https:' ? 'node:https' : 'node:http');
const read = (file) => file && readFileSync(file);
get(url, { ca: read(ca), cert: read(cert), key: read(key), agent: false }, async (answer) => {
  const { text } = await import('node:stream/consumers');
  console.log(JSON.stringify({ status: answer.statusCode, body: await text(answer) }));
}).on('error', ({ code }) => console.log(JSON.stringify({ error: code })));`;

type Answer = { readonly status?: number; readonly body: string; readonly error?: string };
const fromPhys = async (...args: string[]) =>
  JSON.parse(await phys.must([process.execPath, '--input-type=module', '--eval', ASK, ...args])) as Answer;
const files = (name: string): Certificate => ({
  certificate: `${folder}/${name}.pem`,
  key: `${folder}/${name}.key`,
});
const ask = (path: string, client?: string) => {
  const { certificate, key } = files(client ?? '');
  const url = `https://${ADDRESS}:${PORT}${path}`;
  return fromPhys(url, `${folder}/ca.pem`, ...(client ? [certificate, key] : []));
};

interface Seen {
  readonly id: string;
  readonly verdict: string;
  readonly dockerHealth?: string;
  readonly faults: readonly string[];
  readonly nics: readonly { readonly port: string; readonly probe?: object }[];
}
const containers = async () => JSON.parse((await ask('/v1/containers', 'prometheus')).body) as Seen[];
const seen = async (id: string) => (await containers()).find((container) => container.id === id);

it('answers a client with a certificate of its CA over the management address, and no other', async () => {
  expect(await ask('/healthz', 'prometheus')).toEqual({ status: 200, body: '{"alive":true}' });
  expect(JSON.parse((await ask('/readyz', 'prometheus')).body)).toEqual({
    ready: true,
    reasons: [],
    notes: [],
  });
  expect((await ask('/healthz')).error).toMatch(/^ERR_SSL|ECONNRESET/);
  expect((await ask('/healthz', 'stranger')).error).toMatch(/^ERR_SSL|ECONNRESET/);
  expect(await fromPhys(`http://${ADDRESS}:${PORT}/healthz`)).toHaveProperty('error');
});

describe('containers', () => {
  const healthy = ['--health-cmd=true', '--health-interval=1s'];
  const probed = (probe: string) => ['--label', `org.ovn-docker.probe=${probe}`];
  let web: string;
  let gateway: string;
  let client: string;

  beforeAll(async () => {
    await vm.machine.start('viewer', ['ovn-docker', 'events', '--json']);
    await startGateway();
    client = await vm.run(NETWORK, ...probed('gateway'));
    web = await vm.run(NETWORK, '--name=web', ...healthy, ...probed('tcp:80'));
    await vm.docker('exec', '--detach', web, 'httpd', '-f', '-p', '80');
  });

  async function startGateway(): Promise<void> {
    gateway = await vm.run(NETWORK, '--net=none', `--ip=${GATEWAY}`);
  }

  const seenBoth = async () => [await seen(web), await seen(client)];
  const haveVerdict = async (verdict: string) =>
    (await seenBoth()).every((container) => container?.verdict === verdict);
  const allGood = () =>
    waitFor('both probes to pass', async () => {
      return (await seen(web))?.dockerHealth === 'healthy' && (await haveVerdict('good'));
    });

  /** Cuts both containers off, in ways that Docker does not see, until disposed of. */
  async function cutDataPaths(): Promise<AsyncDisposable> {
    const path = `ports/${(await seen(web))?.nics[0]?.port}`;
    const { port } = (await api.call('GET', path)).body as { port: { security_groups: string[] } };
    const setGroups = (security_groups: string[]) => api.call('PUT', path, { port: { security_groups } });
    // Without a security group, nothing may connect to the port.
    await setGroups([]);
    // Not stopped: while a port exists, OVN answers ARP in its name.
    await vm.remove(gateway);
    return {
      async [Symbol.asyncDispose]() {
        await setGroups(port.security_groups);
        await startGateway();
      },
    };
  }

  it('a container is faulty when its HEALTHCHECK fails', async () => {
    const options = ['--health-cmd=false', '--health-interval=1s', '--health-retries=1'];
    const sick = await vm.run(NETWORK, ...options);
    const isFaulty = async () => (await seen(sick))?.verdict === 'faulty';
    await waitFor('Docker to call the container unhealthy', isFaulty);
    expect(await seen(sick)).toMatchObject({ dockerHealth: 'unhealthy', faults: ['its HEALTHCHECK fails'] });
    await vm.remove(sick);
  });

  it('probes find cut data paths that Docker does not see, and say so everywhere', async () => {
    await allGood();
    expect((await seen(web))?.nics).toMatchObject([{ probe: { from: 'network' } }]);
    expect((await vm.ovnDocker(['health'])).stdout).toContain('tcp:80 passes');
    const before = vm.machine.log('viewer').length;
    {
      await using _cut = await cutDataPaths();
      await waitFor('both probes to fail', () => haveVerdict('faulty'));
      expect(await seen(web)).toMatchObject({
        dockerHealth: 'healthy',
        faults: [`${NETWORK}: probe tcp:80 fails: no answer in 2 s`],
      });
      expect((await seen(client))?.faults).toEqual([
        `${NETWORK}: probe gateway fails: the gateway ${GATEWAY} does not answer`,
      ]);
      const { code, stdout } = await vm.ovnDocker(['health']);
      expect([code, stdout]).toEqual([1, expect.stringMatching(/^vm-a +web +faulty .* tcp:80 fails$/m)]);
    }
    await allGood();
    const lines = vm.machine.log('viewer').slice(before).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line));
    const about = { time: expect.any(String), container: web, network: NETWORK, probe: 'tcp:80' };
    expect(events.filter(({ container, probe }) => container === web && probe)).toEqual([
      { ...about, passed: false, error: 'no answer in 2 s' },
      { ...about, passed: true },
    ]);
  });

  it('Prometheus scrapes the agent with the example configuration, and the dashboard and rules fit its metrics', async () => {
    const { body: metrics } = await ask('/metrics', 'prometheus');
    expect(promtool(['check', 'metrics'], metrics)).toEqual({ code: 0, output: '' });
    await startPrometheus();
    onTestFinished(() => phys.stop('prometheus'));
    const isSeen = async () =>
      (await query('ovn_docker_probe_success')).some(({ result }) =>
        result.some(({ metric }) => metric['container'] === 'web'),
      );
    await waitFor('Prometheus to see a probe', isSeen);
    type Groups = { readonly groups: readonly { readonly rules: readonly { readonly query: string }[] }[] };
    const [{ groups } = { groups: [] }] = await prometheus<Groups>('rules');
    const rules = groups.flatMap((group) => group.rules);
    const panels = expressionsOf(join(repository, 'packaging', 'grafana', 'ovn-docker.json'));
    const expressions = [...panels, ...rules.map((rule) => rule.query)];
    expect(rules.length).toBeGreaterThan(5);
    const known = new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    for (const expression of expressions) {
      const names = [...expression.matchAll(/ovn_docker_\w+/g)].map(([name]) =>
        name.replace(/_(bucket|count|sum)$/, ''),
      );
      for (const name of names) expect(known).toContain(name);
    }
    // Prometheus understands all of them.
    await query(...expressions);
  });
});

it('promtool accepts the alert rules, and their tests pass', () => {
  expect(promtool(['check', 'rules', 'ovn-docker.rules.yml'])).toMatchObject({ code: 0 });
  expect(promtool(['test', 'rules', 'ovn-docker.rules.test.yml'])).toMatchObject({ code: 0 });
});

/** Starts Prometheus on the physical machine, with the package's example, for this lab's VM. */
async function startPrometheus(): Promise<void> {
  const source = join(repository, 'packaging', 'prometheus');
  const example = readFileSync(join(source, 'prometheus.example.yml'), 'utf8');
  const config = example
    .replace(/targets: .*/, `targets: ${JSON.stringify([`${ADDRESS}:${PORT}`])}`)
    .replace(/scrape_interval: \d+s/, 'scrape_interval: 1s');
  writeFileSync(join(inPhys, 'prometheus.yml'), config);
  cpSync(join(source, 'ovn-docker.rules.yml'), join(inPhys, 'ovn-docker.rules.yml'));
  const before = phys.log('prometheus').length;
  await phys.start('prometheus', [
    prometheusProgram('prometheus'),
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    '--web.listen-address=127.0.0.1:9090',
  ]);
  await phys.waitForLog('prometheus', 'Server is ready to receive web requests', before);
}

/** Sends requests to Prometheus, one after the other; prints the answers. */
const FETCH = `
const answers = [];
for (const url of process.argv.slice(1)) answers.push(await (await fetch(url)).json());
console.log(JSON.stringify(answers));`;

interface PrometheusAnswer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}

async function prometheus<T>(...paths: string[]): Promise<T[]> {
  const urls = paths.map((path) => `http://127.0.0.1:9090/api/v1/${path}`);
  const command = [process.execPath, '--input-type=module', '--eval', FETCH, ...urls];
  const answers = JSON.parse(await phys.must(command)) as PrometheusAnswer<T>[];
  const refused = answers.findIndex(({ status }) => status !== 'success');
  if (refused >= 0) throw new Error(`Prometheus refuses ${paths[refused]}: ${answers[refused]?.error}`);
  return answers.map(({ data }) => data);
}

interface QueryResult {
  readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[];
}

const query = (...expressions: string[]) =>
  prometheus<QueryResult>(...expressions.map((each) => `query?query=${encodeURIComponent(each)}`));

/** The queries of the dashboard's panels, for all VMs. */
function expressionsOf(file: string): string[] {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$instance', '.*')));
}
