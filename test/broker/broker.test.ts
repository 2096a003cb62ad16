import { createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import {
  brokerUrl,
  inviteVm,
  joinBroker,
  type Machine,
  openLab,
  runBroker,
  startBroker,
} from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { Api, type Resource } from '../support/api.ts';
import { expiredCertificate } from '../support/broker-certificates.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/** No VM of this lab has a credential: the agents work through the brokers of their tenants. */
const lab = openLab(LAB);
const [a, b, c] = [new Vm(lab, 'vm-a'), new Vm(lab, 'vm-b'), new Vm(lab, 'vm-c')];
const apiHost = lab.machine('api');
const NETWORK = 'behind-the-broker';
const MEMBERSHIP = '/var/lib/ovn-docker/broker';
const portOf = (vm: Vm) => lab.state.vms[vm.name]?.portId ?? '';

let alice: Api;
let network: Resource;
let restores: (() => Promise<void>)[];

beforeAll(async () => {
  alice = await Api.login(lab, 'alice');
  network = await alice.createNetwork(NETWORK, '10.171.0.0/24');
  // The tests count NICs.
  restores = await Promise.all([a, b, c].map(({ name }) => configureAgent(lab, name, { pool: { high: 0 } })));
});
afterAll(async () => {
  for (const restore of restores) await restore();
  await alice.deleteEmptyNetwork(network);
});
leavesNoTraces(lab);
/** Starts a container in VM-A, which may fail. */
const tryToRun = () =>
  a.ovnDocker([`--network=${NETWORK}`, 'run', '-d', '--net=none', 'busybox:local', 'true']);

afterEach(async () => {
  for (const vm of [a, b, c]) await vm.tidy(NETWORK);
});

/** An answer of a broker. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Request {
  readonly method?: string;
  readonly body?: unknown;
  readonly folder?: string;
  /** More options of curl. */
  readonly more?: readonly string[];
}

/** Sends a request from a machine with the certificate in one of its folders. */
async function send(
  machine: Machine,
  url: string,
  { method = 'GET', body, folder = MEMBERSHIP, more = [] }: Request = {},
): Promise<Answer> {
  const identity = [
    '--cert',
    `${folder}/vm.pem`,
    '--key',
    `${folder}/vm.pem`,
    '--cacert',
    `${folder}/ca.pem`,
  ];
  const json =
    body === undefined ? [] : ['--header', 'content-type: application/json', '--data', JSON.stringify(body)];
  const form = '\n%{http_code}';
  const command = [
    'curl',
    '--silent',
    '--show-error',
    '--request',
    method,
    '--write-out',
    form,
    ...identity,
    ...json,
    ...more,
    url,
  ];
  const lines = (await machine.must(command)).split('\n');
  return { status: Number(lines.pop()), text: lines.join('\n') };
}

/** The secret of the credential that a tenant's broker has. */
async function secretOf(tenant: string): Promise<string> {
  const clouds = await apiHost.must(['cat', `/etc/ovn-docker-broker/${tenant}/clouds.yaml`]);
  return /application_credential_secret: (\S+)/.exec(clouds)?.[1] ?? '';
}

/** Copies what a thief finds in a VM to another machine. Returns the folder there. */
async function steal(from: Machine, to: Machine): Promise<string> {
  const folder = '/run/stolen';
  await to.must(['mkdir', '--parents', folder]);
  for (const file of ['vm.pem', 'ca.pem']) {
    const input = await from.must(['cat', `${MEMBERSHIP}/${file}`]);
    await to.must(['sh', '-c', `umask 077; cat > ${folder}/${file}`], { input });
  }
  return folder;
}

it('the main job works in a VM without a credential: with the driver and with --net=none, to another VM', async () => {
  const byDriver = await a.run(NETWORK);
  const byNone = await a.run(NETWORK, '--net=none');
  const other = await b.run(NETWORK);
  const address = await b.address(other);
  for (const container of [byDriver, byNone]) expect(await a.pings(container, address ?? '')).toBe(true);
  const [trunk] = await alice.list('trunk', `port_id=${portOf(a)}`);
  const subports = (trunk?.['sub_ports'] ?? []) as { port_id: string }[];
  const marked = await alice.list('port', `tags=ovn-docker:vif=${portOf(a)}`);
  if (lab.state.apiKind === 'embedded') expect(marked).toHaveLength(2);
  expect(subports).toHaveLength(2);
  await a.remove(byDriver, byNone);
  await b.remove(other);
});

it('doctor is content with a VM that has joined a broker', async () => {
  const { stdout, code } = await a.ovnDocker(['doctor']);
  expect(stdout).toContain(`accepted by the broker ${brokerUrl('alice')}`);
  expect({ code, stdout }).toMatchObject({ code: 0 });
  const { stdout: vifId } = await a.ovnDocker(['vif-id', '--by', 'certificate']);
  expect(vifId.trim()).toBe(portOf(a));
});

it('no file and no process of these VMs contains a secret of OpenStack', async () => {
  const passwords = Object.values(lab.state.tenants).map(({ password }) => password);
  const secrets = [...passwords, ...(await Promise.all(['alice', 'bob'].map(secretOf)))];
  expect(secrets.filter((secret) => secret.length > 8)).toHaveLength(5);
  // In the VM, grep sees the VM's own files and processes. The secrets come by its standard input.
  const places = '/etc /run /var/lib /var/log /proc/[0-9]*/environ /proc/[0-9]*/cmdline';
  const options = '--recursive --files-with-matches --no-messages --fixed-strings --devices=skip --file=-';
  const found = async (machine: Machine) =>
    (await machine.run(['sh', '-c', `grep ${options} ${places}`], { input: `${secrets.join('\n')}\n` }))
      .stdout;
  for (const { machine } of [a, b, c]) expect(await found(machine)).toBe('');
  // The same search finds the secret where it must be.
  expect(await found(apiHost)).toContain('/etc/ovn-docker-broker/alice/clouds.yaml');
});

describe('bob’s VM with bob’s certificate', () => {
  it('is nobody to alice’s broker', async () => {
    for (const path of ['/v1/vm', '/v2.0/ports', `/v2.0/ports/${portOf(a)}`]) {
      // Bob does not care who the server is.
      const { status, text } = await send(c.machine, `${brokerUrl('alice')}${path}`, {
        more: ['--insecure'],
      });
      expect([status, text]).toEqual([401, expect.stringContaining('rule \\"certificate\\"')]);
    }
  });

  it('reaches neither alice’s ports nor her trunk nor her network at bob’s broker', async () => {
    const container = await a.run(NETWORK);
    const [port] = await alice.list('port', `network_id=${network.id}`);
    const [trunk] = await alice.list('trunk', `port_id=${portOf(a)}`);
    const own = portOf(c);
    const attempts: [string, string, unknown][] = [
      ...[port?.id, portOf(a)].flatMap((id): [string, string, unknown][] => [
        ['GET', `ports/${id}`, undefined],
        ['PUT', `ports/${id}`, { port: { name: 'taken' } }],
        ['DELETE', `ports/${id}`, undefined],
        ['PUT', `ports/${id}/tags`, { tags: [`ovn-docker:vif=${own}`] }],
      ]),
      ['GET', `trunks/${trunk?.id}`, undefined],
      [
        'PUT',
        `trunks/${trunk?.id}/add_subports`,
        { sub_ports: [{ port_id: own, segmentation_type: 'vlan', segmentation_id: 7 }] },
      ],
      ['PUT', `trunks/${trunk?.id}/remove_subports`, { sub_ports: [{ port_id: port?.id }] }],
      ['GET', `networks/${network.id}`, undefined],
      ['DELETE', `networks/${network.id}`, undefined],
      ['POST', 'ports', { port: { network_id: network.id } }],
      ['POST', 'ports', { port: { network_id: network.id, project_id: lab.state.tenants.alice.projectId } }],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await send(c.machine, `${brokerUrl('bob')}/v2.0/${path}`, { method, body });
      expect({ method, path, ...answer }).toMatchObject({ status: expect.toBeOneOf([400, 403, 404]) });
    }
    const { text } = await send(c.machine, `${brokerUrl('bob')}/v2.0/ports`);
    expect((JSON.parse(text) as { ports: Resource[] }).ports.map(({ id }) => id)).toEqual([own]);
    await a.remove(container);
  });
});

it('a stolen certificate is useless at another address, also at that of another VM of the tenant', async () => {
  for (const thief of [b.machine, lab.machine('phys')]) {
    const folder = await steal(a.machine, thief);
    const { status, text } = await send(thief, `${brokerUrl('alice')}/v2.0/ports`, { folder });
    expect([status, text]).toEqual([403, expect.stringContaining('rule \\"source address\\"')]);
    await thief.must(['rm', '-r', folder]);
  }
});

it('an expired certificate is refused', async () => {
  const authority = await apiHost.must(['cat', '/var/lib/ovn-docker-broker/alice/ca.pem']);
  const folder = '/run/expired';
  const current = new NodeCertificate(await a.machine.must(['cat', `${MEMBERSHIP}/vm.pem`]));
  const pem = await expiredCertificate(authority, current.subjectAltName ?? '');
  expect(() => createPrivateKey(pem)).not.toThrow();
  await a.machine.must(['mkdir', folder]);
  await a.machine.must(['cp', `${MEMBERSHIP}/ca.pem`, folder]);
  await a.machine.must(['sh', '-c', `cat > ${folder}/vm.pem`], { input: pem });
  const { status, text } = await send(a.machine, `${brokerUrl('alice')}/v1/vm`, { folder });
  expect([status, text]).toEqual([401, expect.stringMatching(/rule \\"certificate\\".*expired/i)]);
  await a.machine.must(['rm', '-r', folder]);
});

it('a join token works for one key: a second VM with the same token is refused', async () => {
  const invitation = await inviteVm(apiHost, 'alice', portOf(a));
  await joinBroker(a.machine, invitation);
  await joinBroker(a.machine, invitation);
  await a.machine.must(['mv', MEMBERSHIP, `${MEMBERSHIP}.kept`]);
  const args = ['join', invitation.url, '--token', invitation.token, '--ca-hash', invitation.caHash];
  const { code, stderr } = await a.ovnDocker(args);
  expect([code, stderr]).toEqual([1, expect.stringContaining('E_JOIN_TOKEN')]);
  expect(stderr).not.toContain(invitation.token);
  await a.machine.must(['sh', '-c', `rm -rf ${MEMBERSHIP} && mv ${MEMBERSHIP}.kept ${MEMBERSHIP}`]);
  const wrong = await a.ovnDocker([...args.slice(0, -1), `sha256:${'0'.repeat(64)}`]);
  expect(wrong.code).toBe(0); // It has joined with this invitation already, and sends nothing.
});

it('after kill -9 of the broker, the agent works with the next broker, without a restart', async () => {
  await apiHost.stop('broker-alice', 'KILL');
  const refused = await tryToRun();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('E_API_UNREACHABLE')]);
  await startBroker(apiHost, 'alice');
  const container = await a.run(NETWORK);
  expect(await a.address(container)).toBeDefined();
  await a.remove(container);
});

it('a revoked VM is refused at once, its containers keep running, and a new invitation makes it work again', async () => {
  const container = await a.run(NETWORK);
  const other = await b.run(NETWORK);
  await runBroker(apiHost, 'alice', 'revoke', portOf(a));
  const refused = await tryToRun();
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/rule "revoked".*\[E_CERTIFICATE\]/s),
  ]);
  expect(await a.pings(container, (await b.address(other)) ?? '')).toBe(true);
  await joinBroker(a.machine, await inviteVm(apiHost, 'alice', portOf(a)));
  // Its open connections show the former certificate for a minute at most.
  await a.restartAgent();
  const again = await a.run(NETWORK, '--net=none');
  expect(await a.address(again)).toBeDefined();
  await a.remove(container, again);
  await b.remove(other);
});
