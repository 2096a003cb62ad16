import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, launchDockerd, openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { Api, type Resource } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { IMAGE, STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** One clear error: what happened, its code, a hint; no stack trace. */
function expectRefusal(result: CommandResult, code: string): void {
  expect(result).toMatchObject({ code: expect.not.toSatisfy((status) => status === 0), stdout: '' });
  const lines = result.stderr.trim().split('\n');
  const errors = lines.filter((line) => /\[E_[A-Z_]+\]/.test(line));
  expect(errors, result.stderr).toHaveLength(1);
  expect(errors[0]).toMatch(/^ovn-docker: \S.*/);
  expect(errors[0]).toContain(`[${code}]`);
  expect(lines.filter((line) => /^ {2}hint: \S/.test(line))).toHaveLength(1);
  expect(result.stderr).not.toMatch(/^\s+at /m);
}

const lab = openLab(LAB);
const alice = new Vm(lab, 'vm-a');
const bob = new Vm(lab, 'vm-c');
let api: Api;

/** Both ways into a container: `--net=none`, and the libnetwork driver. */
const modes = [
  ['with --net=none', ['--net=none']],
  ['by the driver', []],
] as const;

const run = (vm: Vm, global: string[], ...options: string[]) =>
  vm.ovnDocker([...global, 'run', '-d', ...options, IMAGE, ...STAY]);

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
});

describe('what the user gives', () => {
  leavesNoTraces(lab);

  it.each(modes)('unknown network, %s: says which exist', async (_, mode) => {
    const refused = await run(alice, ['--network=nowhere'], ...mode);
    expectRefusal(refused, 'E_NETWORK_UNKNOWN');
    expect(refused.stderr).toMatch(/no network "nowhere"; there are: .*mgmt/);
  });

  it.each(modes)('wrong token, %s', async (_, mode) => {
    const env = { OS_TOKEN: 'not-a-token' };
    const refused = await alice.ovnDocker(['--network=mgmt', 'run', '-d', ...mode, IMAGE, ...STAY], env);
    expectRefusal(refused, 'E_TOKEN_REFUSED');
    expect(refused.stderr).not.toContain('not-a-token');
    expectRefusal(await alice.ovnDocker(['list', 'networks'], env), 'E_TOKEN_REFUSED');
  });

  it.each(modes)('a vif-id that is not ours, %s', async (_, mode) => {
    const vif = `--vif-id=${lab.state.vms['vm-a']?.portId}`;
    expectRefusal(await run(bob, [vif, '--network=mgmt'], ...mode), 'E_VIF_UNKNOWN');
  });

  it.each(modes)('a vif-id of ours that is not this VM’s, %s', async (_, mode) => {
    const vif = `--vif-id=${lab.state.vms['vm-b']?.portId}`;
    expectRefusal(await run(alice, [vif, '--network=mgmt'], ...mode), 'E_VIF_NOT_THIS_VM');
  });

  it.each(modes)('image missing, %s', async (_, mode) => {
    const refused = await alice.ovnDocker(['--network=mgmt', 'run', '-d', ...mode, 'no-such-image:ever']);
    expectRefusal(refused, 'E_IMAGE_MISSING');
    expect(refused.stderr).toContain('no-such-image:ever');
  });

  it('--net=host contradicts --network', async () => {
    expectRefusal(await run(alice, ['--network=mgmt'], '--net=host'), 'E_USAGE');
  });

  it('--network is missing', async () => {
    expectRefusal(await run(alice, [], '--net=none'), 'E_USAGE');
  });

  it.each(['10.20.0.1/24', '10.20.0.0', 'nonsense', '10.20.0.0/99'])(
    '--subnet %s is no CIDR',
    async (cidr) => {
      expectRefusal(await alice.ovnDocker(['create', 'network', 'bad', '--subnet', cidr]), 'E_CIDR');
    },
  );

  it('not root', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'ovn-docker'];
    const config = '/tmp/ovn-docker-nobody.yaml';
    await alice.machine.must(['sh', '-c', `echo '{}' > ${config} && chmod 644 ${config}`]);
    const command = [...nobody, `--config=${config}`, '--network=mgmt', 'run', '-d', IMAGE, ...STAY];
    const refused = await alice.machine.run(command);
    await alice.machine.must(['rm', config]);
    expectRefusal(refused, 'E_NOT_ROOT');
  });

  it('the stack is shown by --debug, and only then', async () => {
    const refused = await run(alice, ['--debug', '--network=nowhere'], '--net=none');
    expect(refused.stderr).toMatch(/\[E_NETWORK_UNKNOWN\]/);
    expect(refused.stderr).toMatch(/^\s+at .+:\d+:\d+/m);
  });
});

// A real Keystone's is in test/openstack/short-tokens.test.ts.
describe.runIf(lab.state.cloud === 'embedded')('an expired token', () => {
  leavesNoTraces(lab);
  const etc = join(lab.machine('api').places.data, 'etc', 'embedded-neutron');
  const host = lab.machine('api');
  let token: string;

  beforeAll(async () => {
    // A second replica with the same signing key: its tokens are as good as the first one's, but live for a second.
    const config = parse(readFileSync(join(etc, 'config.yaml'), 'utf8'));
    const listen = { identity: '10.1.0.5:5001', network: '10.1.0.5:9697' };
    const { metadata: _, ...rest } = config;
    const brief = { ...rest, listen, identity: { ...config.identity, token_lifetime: 1 } };
    writeFileSync(join(etc, 'brief.yaml'), stringify(brief), { mode: 0o600 });
    const command = ['embedded-neutron', 'serve', '--config', '/etc/embedded-neutron/brief.yaml'];
    await host.start('embedded-neutron-brief', command);
    await host.waitForLog('embedded-neutron-brief', '"ready":true');
    const short = await Api.login(lab, 'alice', 'http://10.1.0.5:5001/v3');
    await waitFor('the token to expire', async () => (await short.call('GET', 'networks')).status === 401);
    token = short.token;
  });
  afterAll(async () => {
    await host.stop('embedded-neutron-brief');
    rmSync(join(etc, 'brief.yaml'));
  });

  it.each(modes)('%s', async (_, mode) => {
    const command = ['--network=mgmt', 'run', '-d', ...mode, IMAGE, ...STAY];
    expectRefusal(await alice.ovnDocker(command, { OS_TOKEN: token }), 'E_TOKEN_REFUSED');
  });
});

describe('what is used up', () => {
  leavesNoTraces(lab);
  let network: Resource;

  /** A network of bob's with one subnet. */
  const prepare = async (cidr: string) => {
    network = await api.create('network', { name: 'small' });
    await api.create('subnet', { network_id: network.id, cidr, ip_version: 4, enable_dhcp: false });
  };

  const ports = () => api.list('port', `network_id=${network.id}`);
  afterEach(async () => {
    await bob.cleanUp();
    await waitFor('the ports to go', async () => (await ports()).length === 0);
    await api.delete('network', network.id);
  });

  it('subnet exhausted: the second container on a /30 gets no address', async () => {
    await prepare('10.99.0.0/30');
    const only = await bob.run('small', '--net=none');
    expectRefusal(await run(bob, ['--network=small'], '--net=none'), 'E_SUBNET_EXHAUSTED');
    expectRefusal(await run(bob, ['--network=small']), 'E_SUBNET_EXHAUSTED');
    await bob.remove(only);
  });

  // A real Neutron takes 20 minutes for so many ports.
  it.runIf(lab.state.cloud === 'embedded')(
    'VLANs exhausted: all 4094 are held by other ports under the VM’s port',
    async () => {
      await prepare('10.99.0.0/24');
      const central = lab.machine('central');
      const northd = (command: string) => central.must(['ovn-appctl', '-t', 'ovn-northd', command]);
      const inUse = await api.list('port');
      const vif = lab.state.vms['vm-c']?.portId;
      const taken = new Set(inUse.map((port) => (port['binding:profile'] as { tag?: number }).tag));
      const free = Array.from({ length: 4094 }, (_, i) => i + 1).filter((tag) => !taken.has(tag));
      // northd looks away meanwhile: 4094 ports are no work for the hypervisors, the agent asks Neutron alone.
      await northd('pause');
      try {
        const wanted = free.map((tag) => ({
          network_id: network.id,
          fixed_ips: [],
          tags: ['ovn-docker', `ovn-docker:vif=${vif}`],
          'binding:profile': { parent_name: vif, tag },
        }));
        const { status, body } = await api.call('POST', 'ports', { ports: wanted });
        expect(status, JSON.stringify(body).slice(0, 500)).toBe(201);
        // What was there before it came, the agent learns when it starts.
        await bob.restartAgent();
        for (const [, mode] of modes) {
          expectRefusal(await run(bob, ['--network=small'], ...mode), 'E_VLANS_EXHAUSTED');
        }
      } finally {
        const ids = (await ports()).map(({ id }) => id);
        await api.callAll(ids.map((id) => ['DELETE', `ports/${id}`] as const));
        await northd('resume');
        await bob.restartAgent();
      }
    },
  );
});

describe('what does not run', () => {
  leavesNoTraces(lab);

  it.each(modes)('agent not running, %s', async (_, mode) => {
    await bob.machine.stop('agent');
    try {
      expectRefusal(await run(bob, ['--network=mgmt'], ...mode), 'E_AGENT_NOT_RUNNING');
      expectRefusal(await bob.ovnDocker(['status']), 'E_AGENT_NOT_RUNNING');
    } finally {
      await startAgent(bob.machine);
    }
  });

  it('dockerd not running', async () => {
    const id = await bob.run('mgmt', '--net=none');
    const address = await bob.address(id);
    const running = (await bob.docker('ps', '--quiet', '--no-trunc')).split('\n');
    await bob.machine.stop('dockerd');
    try {
      for (const [, mode] of modes) {
        expectRefusal(await run(bob, ['--network=mgmt'], ...mode), 'E_DOCKER_NOT_RUNNING');
      }
    } finally {
      await launchDockerd(bob.machine);
    }
    // Containers end with Docker. The agent, which went on, gives them their interfaces back.
    await bob.docker('start', ...running);
    await waitFor('eth0 to come back', async () => (await bob.address(id)) === address);
    await bob.remove(id);
  });
});
