import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, launchDockerd, openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { Api } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

interface LinkView {
  readonly link: string;
  readonly state: string;
  readonly facts?: readonly string[];
  readonly ms?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

const chain = [
  'credential',
  'catalog',
  'extensions',
  'vif-id',
  'trunk',
  'VLANs',
  'OVS bridge and uplink',
  'datapath',
  'MTU',
  'dockerd',
  'one warm NIC',
];

const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const scratch = mkdtempSync(join(tmpdir(), 'ovn-docker-doctor-'));
const etc = join(vm.machine.places.data, 'etc', 'ovn-docker');
const secret = /application_credential_secret: (\S+)/.exec(
  readFileSync(join(etc, 'clouds.yaml'), 'utf8'),
)?.[1];
let api: Api;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** A configuration file with some keys changed. */
function configured(change: Readonly<Record<string, unknown>>): string {
  const config = parse(readFileSync(join(etc, 'config.yaml'), 'utf8')) as object;
  const file = join(scratch, 'config.yaml');
  writeFileSync(file, stringify({ ...config, ...change }));
  return `--config=${file}`;
}

const ask = (global: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  vm.ovnDocker([...global, 'doctor', '--json'], env);

function linksOf({ stdout }: CommandResult): LinkView[] {
  return (JSON.parse(stdout) as { links: LinkView[] }).links;
}

/** Exit code 1, the links before it good, it with this code and a hint, and those after it not looked at. */
function expectBroken(result: CommandResult, link: string, code: string, hint: RegExp): void {
  expect(result.code, result.stderr).toBe(1);
  expect(result.stdout + result.stderr).not.toContain(secret);
  const links = linksOf(result);
  const at = chain.indexOf(link);
  const states = chain.map((_, index) => (index < at ? 'good' : index === at ? 'broken' : 'not looked at'));
  expect(
    links.map((each) => [each.link, each.state]),
    JSON.stringify(links),
  ).toEqual(chain.map((name, index) => [name, states[index]]));
  expect(links[at]?.error).toMatchObject({ code, hint: expect.stringMatching(hint) });
}

describe('all is well', () => {
  leavesNoTraces(lab);

  it('says for each link what it saw, and makes nothing', async () => {
    const { code, stdout, stderr } = await vm.ovnDocker(['doctor']);
    expect(code, stdout + stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const seen = chain.map((name) => lines.find((line) => line.slice(2).startsWith(`${name} `)) ?? '');
    for (const line of seen.slice(0, -1)) expect(line).toMatch(/^✓ .* {2}\S.* {2}\d+\.\d\d s$/);
    // The credential is the link whose facts take two lines.
    expect(lines).toHaveLength(chain.length + 1);
    expect(stdout).toContain(lab.state.vms['vm-a']?.portId);
    expect(seen.at(-1)).toMatch(/^– one warm NIC +nothing made: name a network by --network/);
    expect(stdout + stderr).not.toContain(secret);
  });

  it('makes one NIC on a network, and takes it away where none is kept', async () => {
    const result = await ask(['--network=mgmt']);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const links = linksOf(result);
    expect(links.map(({ state }) => state)).toEqual(chain.map(() => 'good'));
    expect(links.at(-1)?.facts).toEqual([expect.stringMatching(/^made on mgmt, and taken away again/)]);
  });

  it('does not need the agent', async () => {
    await vm.machine.stop('agent');
    try {
      const result = await ask(['--network=mgmt']);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(linksOf(result).at(-1)).toMatchObject({
        state: 'skipped',
        facts: [expect.stringMatching(/^nothing made: no agent answers/)],
      });
    } finally {
      await startAgent(vm.machine);
    }
  });
});

describe('the first broken link', () => {
  it('a token that nobody issued; it is not printed', async () => {
    const result = await ask([], { OS_TOKEN: 'token-of-nobody' });
    expectBroken(result, 'credential', 'E_TOKEN_REFUSED', /get a new token/);
    expect(result.stdout + result.stderr).not.toContain('token-of-nobody');
  });

  it('an application credential with another secret', async () => {
    const clouds = readFileSync(join(etc, 'clouds.yaml'), 'utf8').replace(secret ?? '', 'of-somebody-else');
    const file = join(scratch, 'clouds.yaml');
    writeFileSync(file, clouds, { mode: 0o600 });
    const result = await ask([configured({ cloud: { clouds_yaml: file, cloud: 'lab' } })]);
    expectBroken(
      result,
      'credential',
      'E_TOKEN_REFUSED',
      /application credential from cloud 'lab' of .* is wrong/,
    );
    expect(result.stdout + result.stderr).not.toContain('of-somebody-else');
  });

  it('no credential at all', async () => {
    const result = await ask(['--os-cloud=none-of-these']);
    expectBroken(result, 'credential', 'E_NO_CREDENTIAL', /clouds.yaml/);
  });

  it('no Keystone at the URL', async () => {
    const result = await ask(['--auth-url=http://10.1.0.5:1/v3']);
    expectBroken(result, 'credential', 'E_API_UNREACHABLE', /^check OS_AUTH_URL/);
  });

  it('a region that the cloud has not', async () => {
    const result = await ask([], { OS_REGION_NAME: 'Nowhere' });
    expectBroken(result, 'catalog', 'E_ENDPOINT', /region/);
  });

  it('the port of another VM, and no port', async () => {
    const other = `--vif-id=${lab.state.vms['vm-b']?.portId}`;
    expectBroken(await ask([other]), 'vif-id', 'E_VIF_NOT_THIS_VM', /ovn-docker vif-id/);
    expectBroken(await ask(['--vif-id=nothing']), 'vif-id', 'E_VIF_UNKNOWN', /ovn-docker vif-id/);
  });

  it('a trunk that is administratively down', async () => {
    // A port that carries no containers yet, and an interface with its MAC address: the VM's own can get no trunk beside them.
    const [own] = await api.list('port', `id=${lab.state.vms['vm-a']?.portId}`);
    const port = await api.create('port', { network_id: own?.['network_id'], name: 'doctor' });
    const trunk = await api.create('trunk', { port_id: port.id, admin_state_up: false });
    const address = ['address', String(port['mac_address'])];
    await vm.machine.must(['ip', 'link', 'add', 'doc0', ...address, 'type', 'veth', 'peer', 'name', 'doc1']);
    try {
      const result = await ask([configured({ mode: 'trunk' }), `--vif-id=${port.id}`]);
      expectBroken(result, 'trunk', 'E_TRUNK', /trunk set --enable/);
    } finally {
      await vm.machine.must(['ip', 'link', 'delete', 'doc0']);
      // One that is down can be neither changed nor deleted.
      await api.call('PUT', `trunks/${trunk.id}`, { trunk: { admin_state_up: true } });
      await api.delete('trunk', trunk.id);
      await api.delete('port', port.id);
    }
  });

  it('a bridge that is not there', async () => {
    const result = await ask([configured({ ovs: { bridge: 'br9' } })]);
    expectBroken(result, 'OVS bridge and uplink', 'E_SWITCH', /ovs-vsctl show/);
  });

  it('an uplink that is no port of the bridge', async () => {
    const result = await ask([configured({ uplink: 'docker0' })]);
    expectBroken(result, 'OVS bridge and uplink', 'E_SWITCH', /ovs-vsctl add-port br0 docker0/);
  });

  it('a database that does not answer', async () => {
    const remote = 'unix:/run/openvswitch/nothing.sock';
    const result = await ask([configured({ ovs: { remote } })]);
    expectBroken(result, 'OVS bridge and uplink', 'E_SWITCH', /ovs-vsctl show/);
  });

  it('ovs-vswitchd stopped: the bridge is gone, and with it the way to the API', async () => {
    const { machine } = vm;
    using netlink = machine.netlink();
    const [address] = netlink.addresses('br0');
    const pid = '/run/openvswitch/ovs-vswitchd.pid';
    await machine.must(['ovs-appctl', '-t', 'ovs-vswitchd', 'exit', '--cleanup']);
    await waitFor('br0 to go', () => netlink.link('br0') === undefined);
    try {
      expectBroken(await ask([]), 'credential', 'E_API_UNREACHABLE', /br0.*whether ovs-vswitchd runs/);
    } finally {
      await machine.must([
        'ovs-vswitchd',
        'unix:/run/openvswitch/db.sock',
        `--pidfile=${pid}`,
        '--detach',
        '--no-chdir',
        '--log-file=/var/log/openvswitch/ovs-vswitchd.log',
        '-vconsole:off',
      ]);
      await waitFor('br0 to come', () => netlink.link('br0') !== undefined);
      netlink.setLink('br0', { up: true, mtu: 1500 });
      netlink.addAddress('br0', `${address?.address}/${address?.prefixLength}`);
      netlink.addRoute({ to: '169.254.169.254/32', link: 'br0' });
      await machine.must(['ethtool', '-K', 'br0', 'tx', 'off']);
    }
    await waitFor('the VM to be well again', async () => (await ask([])).code === 0);
  });

  it('an uplink with too small an MTU', async () => {
    using netlink = vm.machine.netlink();
    const before = netlink.link('br0')?.mtu ?? 1500;
    netlink.setLink('eth0', { mtu: 1400 });
    try {
      expectBroken(await ask([]), 'MTU', 'E_MTU', /ip link set dev eth0 mtu 1500/);
    } finally {
      netlink.setLink('eth0', { mtu: 1500 });
      // The bridge follows the smallest of its ports, which may be a container's.
      await waitFor('br0 to follow', () => netlink.link('br0')?.mtu !== 1400);
      netlink.setLink('br0', { mtu: before });
    }
  });

  it('a network that is not there', async () => {
    expectBroken(await ask(['--network=nowhere']), 'MTU', 'E_NETWORK_UNKNOWN', /list networks/);
  });

  it('dockerd stopped', async () => {
    const { machine } = vm;
    const running = (await vm.docker('ps', '--quiet', '--no-trunc')).split('\n').filter(Boolean);
    await machine.stop('dockerd');
    try {
      expectBroken(await ask([]), 'dockerd', 'E_DOCKER_NOT_RUNNING', /start Docker/);
    } finally {
      await launchDockerd(machine);
      if (running.length > 0) await vm.docker('start', ...running);
    }
  });

  it('somebody who is not root', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'ovn-docker', 'doctor'];
    const refused = await vm.machine.run(nobody);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('[E_NOT_ROOT]') });
  });
});
