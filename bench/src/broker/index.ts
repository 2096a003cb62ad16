/**
 * Measures the credential broker in front of embedded-neutron: its share of a cold attach, and the CPU time
 * of 50 VMs with 20 requests a second each. Broker, Neutron and clients are three processes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Neutron, Session } from '@ovn-docker/openstack';
import { Invitations } from '../../../packages/credential-broker/src/records/invitations.ts';
import { BrokerClient, joinWith } from '../../../packages/credential-broker/test/support/test-broker.ts';
import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import { cpuMsOf, type Program, startBroker, startCloudProcess } from './processes.ts';

const VMS = 50;
const REQUESTS_PER_SECOND = 20;
const SECONDS = 10;
const ATTACHES = 60;
const DAY_MS = 86_400_000;

interface Vm {
  readonly id: string;
  readonly trunkId: string;
  readonly client: BrokerClient;
}

/** Yields the lines as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  await using cloud = await startCloudProcess();
  const { identity = '', network = '' } = cloud.ready;
  await using session = new Session({
    authUrl: identity,
    auth: { type: 'password', username: 'alice', password: 'alicepw', project: 'alice' },
    endpointOverrides: { network },
  });
  const neutron = new Neutron(session);
  await using broker = await startBroker(identity);
  const management = await makeNetwork(neutron, '127.0.8.0/21');
  const containers = await makeNetwork(neutron, '10.5.0.0/16');
  const vms: Vm[] = [];
  for (let index = 0; index < VMS; index++) vms.push(await joinVm(neutron, broker, management, index));
  try {
    yield* attaches(neutron, vms, containers);
    yield* load(broker, vms);
  } finally {
    for (const { client } of vms) client[Symbol.dispose]();
  }
}

/** Creates a port and adds it to the trunk, directly and through the broker in turns. */
async function* attaches(neutron: Neutron, vms: readonly Vm[], network_id: string): AsyncGenerator<Line> {
  const [direct, brokered]: [number[], number[]] = [[], []];
  const [vm] = vms;
  if (vm === undefined) return;
  for (let vlan = 1; vlan <= 2 * ATTACHES; vlan += 2) {
    direct.push(
      await timed(async () => {
        const { id } = await neutron.ports.create({ network_id });
        const subport = { port_id: id, segmentation_type: 'vlan', segmentation_id: vlan };
        await neutron.trunks.addSubports(vm.trunkId, [subport]);
      }),
    );
    brokered.push(
      await timed(async () => {
        const { body } = await succeed(vm, 'POST', '/v2.0/ports', { port: { network_id } });
        const subport = { port_id: body.port.id, segmentation_type: 'vlan', segmentation_id: vlan + 1 };
        await succeed(vm, 'PUT', `/v2.0/trunks/${vm.trunkId}/add_subports`, { sub_ports: [subport] });
      }),
    );
  }
  const share = median(brokered) - median(direct);
  const detail = `${median(brokered).toFixed(1)} ms with the broker, ${median(direct).toFixed(1)} ms without`;
  yield { name: 'broker’s share of a cold attach, p50', value: share, unit: 'ms', atMost: 5, detail };
}

/** Each VM asks for its own port, 20 times a second. */
async function* load(broker: Program, vms: readonly Vm[]): AsyncGenerator<Line> {
  const total = VMS * REQUESTS_PER_SECOND * SECONDS;
  const latencies: number[] = [];
  const before = cpuMsOf(broker);
  const started = performance.now();
  await Promise.all(
    vms.map(async (vm) => {
      const running: Promise<PromiseSettledResult<void>[]>[] = [];
      for (let count = 0; count < REQUESTS_PER_SECOND * SECONDS; count++) {
        await pause(Math.max(0, started + (count * 1000) / REQUESTS_PER_SECOND - performance.now()));
        const request = timed(() => succeed(vm, 'GET', `/v2.0/ports/${vm.id}`));
        running.push(Promise.allSettled([request.then((ms) => void latencies.push(ms))]));
      }
      await Promise.all(running);
    }),
  );
  const failed = total - latencies.length;
  if (failed > 0) throw new Error(`${failed} of ${total} requests failed`);
  const seconds = (performance.now() - started) / 1000;
  const cpuMs = cpuMsOf(broker) - before;
  yield {
    name: 'requests of 50 VMs with 20 a second each',
    value: total / seconds,
    unit: '/s',
    atLeast: 950,
  };
  yield {
    name: 'the broker’s share of one core for 1,000 requests/s',
    value: cpuMs / total,
    unit: 'cores',
    atMost: 1,
    detail: `p50 ${median(latencies).toFixed(1)} ms`,
  };
}

async function makeNetwork(neutron: Neutron, cidr: string): Promise<string> {
  const { id } = await neutron.networks.create({ name: cidr });
  await neutron.subnets.create({ network_id: id, ip_version: 4, cidr });
  return id;
}

async function joinVm(
  neutron: Neutron,
  broker: Program & { readonly folder: string },
  network_id: string,
  index: number,
): Promise<Vm> {
  const address = `127.0.9.${index + 1}`;
  const { id, project_id = '' } = await neutron.ports.create({
    network_id,
    fixed_ips: [{ ip_address: address }],
  });
  const trunk = await neutron.trunks.create({ port_id: id });
  const { token } = await new Invitations(broker.folder).create({
    vif_id: id,
    project_id,
    networks: null,
    with_networks: false,
    sources: null,
    max_ports: null,
    expires_at: new Date(Date.now() + DAY_MS).toISOString(),
  });
  const { url = '' } = broker.ready;
  const identity = await joinWith(url, token, address);
  return { id, trunkId: trunk.id, client: new BrokerClient(url, { ...identity, keepAlive: 8 }) };
}

async function succeed(vm: Vm, method: string, path: string, body?: unknown) {
  const answer = await vm.client.send(method, path, body);
  if (answer.status < 300) return answer;
  throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
