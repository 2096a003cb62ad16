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

interface CheckView {
  readonly link: string;
  readonly state: string;
  readonly facts?: readonly string[];
  readonly ms?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

const checkNames = [
  'switch threads',
  'bridge MTU',
  'clock',
  'credential',
  'catalog',
  'extensions',
  'network',
  'vif-id',
  'trunk',
  'OVS bridge and uplink',
  'network files',
  'VLANs',
  'datapath',
  'guard flows',
  'MTU',
  'dockerd',
  "root's Docker",
  'Docker release',
  'unit',
  'NICs',
  'one warm NIC',
];

/** No systemd runs in a VM of the lab. */
const UNIT = 'unit';

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

/** Writes a copy of the configuration with some keys changed. Returns the option that names it. */
function configured(change: Readonly<Record<string, unknown>>): string {
  const config = parse(readFileSync(join(etc, 'config.yaml'), 'utf8')) as object;
  const file = join(scratch, 'config.yaml');
  writeFileSync(file, stringify({ ...config, ...change }));
  return `--config=${file}`;
}

const ask = (global: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  vm.ovnDocker([...global, 'doctor', '--json'], env);

function checksOf({ stdout }: CommandResult): CheckView[] {
  return (JSON.parse(stdout) as { links: CheckView[] }).links;
}

/**
 * Expects exit code 1: the checks before `name` are good or `skipped`, `name` has this code and hint, later
 * checks do not run.
 */
function expectBroken(
  result: CommandResult,
  name: string,
  code: string,
  hint: RegExp,
  skipped: readonly string[] = [],
): void {
  expect(result.code, result.stderr).toBe(1);
  expect(result.stdout + result.stderr).not.toContain(secret);
  const checks = checksOf(result);
  const at = checkNames.indexOf(name);
  const states = checkNames.map((check, index) => {
    if (index < at) return check === UNIT || skipped.includes(check) ? 'skipped' : 'good';
    return index === at ? 'broken' : 'not looked at';
  });
  expect(
    checks.map(({ link, state }) => [link, state]),
    JSON.stringify(checks),
  ).toEqual(checkNames.map((expected, index) => [expected, states[index]]));
  expect(checks[at]?.error).toMatchObject({ code, hint: expect.stringMatching(hint) });
}

describe('everything is in order', () => {
  leavesNoTraces(lab);

  it('doctor shows the facts of each check and creates nothing', async () => {
    const { code, stdout, stderr } = await vm.ovnDocker(['doctor']);
    expect(code, stdout + stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const seen = checkNames.map((name) => lines.find((line) => line.slice(2).startsWith(`${name} `)) ?? '');
    const ran = seen.filter((_, index) => checkNames[index] !== UNIT);
    for (const line of ran.slice(0, -1)) expect(line).toMatch(/^✓ .* {2}\S.* {2}\d+\.\d\d s$/);
    expect(stdout).toMatch(/^– unit +not run by systemd/m);
    // The facts of the credential take three lines, those of every other check one.
    expect(lines).toHaveLength(checkNames.length + 2);
    expect(stdout).toMatch(/ovn-docker: no access rules, .*; does not expire/);
    expect(stdout).toContain(lab.state.vms['vm-a']?.portId);
    expect(seen.at(-1)).toMatch(/^– one warm NIC +nothing made: name a network by --network/);
    expect(stdout + stderr).not.toContain(secret);
  });

  it('doctor creates one NIC on a network and removes it if the network has no pool', async () => {
    const result = await ask(['--network=mgmt']);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const checks = checksOf(result);
    expect(checks.map(({ state }) => state)).toEqual(
      checkNames.map((name) => (name === UNIT ? 'skipped' : 'good')),
    );
    expect(checks.at(-1)?.facts).toEqual([expect.stringMatching(/^made on mgmt, and deleted again/)]);
  });

  it('doctor works without the agent', async () => {
    await vm.machine.stop('agent');
    try {
      const result = await ask([]);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(checksOf(result).at(-1)).toMatchObject({
        state: 'skipped',
        facts: [expect.stringMatching(/^nothing made: no agent answers/)],
      });
      // With --network, the user asks for a NIC, which only the agent can make.
      const refused = await ask(['--network=mgmt']);
      expectBroken(refused, 'one warm NIC', 'E_AGENT_NOT_RUNNING', /systemctl start/, ['NICs']);
    } finally {
      await startAgent(vm.machine);
    }
  });
});

describe('warnings', () => {
  it('a bridge that containers lower stalls the VM’s own connections', async () => {
    await vm.machine.must(['ovs-vsctl', 'clear', 'interface', 'br0', 'mtu_request']);
    try {
      const { code, stdout } = await vm.ovnDocker(['doctor']);
      expect(code, stdout).toBe(0);
      expect(stdout).toMatch(
        /^! bridge MTU .*\n +warning: .*\n +hint: `ovs-vsctl set interface br0 mtu_request=1500`$/m,
      );
    } finally {
      await vm.machine.must(['ovs-vsctl', 'set', 'interface', 'br0', 'mtu_request=1500']);
    }
  });
});

describe('the first broken check', () => {
  it('an invalid token, which is not printed', async () => {
    const result = await ask([], { OS_TOKEN: 'invalid-token' });
    expectBroken(result, 'credential', 'E_TOKEN_REFUSED', /get a new token/);
    expect(result.stdout + result.stderr).not.toContain('invalid-token');
  });

  it('an application credential with another secret', async () => {
    const clouds = readFileSync(join(etc, 'clouds.yaml'), 'utf8').replace(secret ?? '', 'another-secret');
    const file = join(scratch, 'clouds.yaml');
    writeFileSync(file, clouds, { mode: 0o600 });
    const result = await ask([configured({ cloud: { clouds_yaml: file, cloud: 'lab' } })]);
    expectBroken(
      result,
      'credential',
      'E_TOKEN_REFUSED',
      /application credential from cloud 'lab' of .* is wrong/,
    );
    expect(result.stdout + result.stderr).not.toContain('another-secret');
  });

  it('no credential at all', async () => {
    const result = await ask(['--os-cloud=none-of-these']);
    expectBroken(result, 'credential', 'E_NO_CREDENTIAL', /clouds.yaml/, ['clock']);
  });

  it('no Keystone at the URL', async () => {
    const result = await ask(['--auth-url=http://10.1.0.5:1/v3']);
    expectBroken(result, 'credential', 'E_API_UNREACHABLE', /^check OS_AUTH_URL/, ['clock']);
  });

  it('an unknown region', async () => {
    const result = await ask([], { OS_REGION_NAME: 'Nowhere' });
    expectBroken(result, 'catalog', 'E_ENDPOINT', /region/);
  });

  it('the port of another VM, and no port', async () => {
    const other = `--vif-id=${lab.state.vms['vm-b']?.portId}`;
    expectBroken(await ask([other]), 'vif-id', 'E_VIF_NOT_THIS_VM', /ovn-docker vif-id/);
    expectBroken(await ask(['--vif-id=nothing']), 'vif-id', 'E_VIF_UNKNOWN', /ovn-docker vif-id/);
  });

  it('a trunk that is administratively down', async () => {
    // Another port, and an interface with its MAC address: the VM's own port has nested ports and cannot get
    // a trunk.
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
      // A trunk that is down can be neither changed nor deleted.
      await api.call('PUT', `trunks/${trunk.id}`, { trunk: { admin_state_up: true } });
      await api.delete('trunk', trunk.id);
      await api.delete('port', port.id);
    }
  });

  it('a bridge that does not exist', async () => {
    const result = await ask([configured({ ovs: { bridge: 'br9' } })]);
    expectBroken(result, 'OVS bridge and uplink', 'E_SWITCH', /ovs-vsctl show/, ['bridge MTU']);
  });

  it('an uplink that is not a port of the bridge', async () => {
    const result = await ask([configured({ uplink: 'docker0' })]);
    expectBroken(result, 'OVS bridge and uplink', 'E_SWITCH', /ovs-vsctl add-port br0 docker0/);
  });

  it('scenario 3: an uplink that passes no VLAN', async () => {
    // VLAN 0: the VM's own untagged frames pass.
    await vm.machine.must(['ovs-vsctl', 'set', 'port', 'eth0', 'trunks=0']);
    try {
      const result = await ask([]);
      expectBroken(result, 'VLANs', 'E_VLANS_EXHAUSTED', /clear port UPLINK trunks/);
    } finally {
      await vm.machine.must(['ovs-vsctl', 'clear', 'port', 'eth0', 'trunks']);
    }
  });

  it('a database that does not answer', async () => {
    const remote = 'unix:/run/openvswitch/nothing.sock';
    const result = await ask([configured({ ovs: { remote } })]);
    expectBroken(result, 'OVS bridge and uplink', 'E_SWITCH', /ovs-vsctl show/, ['bridge MTU']);
  });

  it('ovs-vswitchd is stopped: without the bridge the VM does not reach the API', async () => {
    const { machine } = vm;
    using netlink = machine.netlink();
    const [address] = netlink.addresses('br0');
    const pid = '/run/openvswitch/ovs-vswitchd.pid';
    await machine.must(['ovs-appctl', '-t', 'ovs-vswitchd', 'exit', '--cleanup']);
    await waitFor('br0 to disappear', () => netlink.link('br0') === undefined);
    try {
      const result = await ask([]);
      const skipped = ['switch threads', 'bridge MTU', 'clock'];
      expectBroken(result, 'credential', 'E_API_UNREACHABLE', /br0.*whether ovs-vswitchd runs/, skipped);
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
      await waitFor('br0 to appear', () => netlink.link('br0') !== undefined);
      netlink.setLink('br0', { up: true });
      netlink.addAddress('br0', `${address?.address}/${address?.prefixLength}`);
      netlink.addRoute({ to: '169.254.169.254/32', link: 'br0' });
      await machine.must(['ethtool', '-K', 'br0', 'tx', 'off']);
    }
    await waitFor('doctor to succeed again', async () => (await ask([])).code === 0);
  });

  it('an uplink with a too small MTU', async () => {
    using netlink = vm.machine.netlink();
    const request = (mtu: number) =>
      vm.machine.must(['ovs-vsctl', 'set', 'interface', 'br0', `mtu_request=${mtu}`]);
    // A bridge with a larger MTU than its uplink would lose the answers of the API.
    await request(1400);
    netlink.setLink('eth0', { mtu: 1400 });
    try {
      expectBroken(await ask([]), 'MTU', 'E_MTU', /ip link set dev eth0 mtu 1500/);
    } finally {
      netlink.setLink('eth0', { mtu: 1500 });
      await request(1500);
    }
  });

  it('a network that does not exist', async () => {
    expectBroken(await ask(['--network=nowhere']), 'network', 'E_NETWORK_UNKNOWN', /list networks/);
  });

  it('dockerd is stopped', async () => {
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

  it('a user who is not root', async () => {
    const unprivileged = [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      'ovn-docker',
      'doctor',
    ];
    const refused = await vm.machine.run(unprivileged);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('[E_NOT_ROOT]') });
  });
});
