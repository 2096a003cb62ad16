import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, launchDockerd, openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { Api, type Resource } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { IMAGE, STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Expects one clear error: a message, its code and a hint; no stack trace. */
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

/** Both ways to attach a container: `--net=none`, and the libnetwork driver. */
const modes = [
  ['with --net=none', ['--net=none']],
  ['with the driver', []],
] as const;

const run = (vm: Vm, global: string[], ...options: string[]) =>
  vm.ovnDocker([...global, 'run', '-d', ...options, IMAGE, ...STAY]);

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
});

describe('invalid input', () => {
  leavesNoTraces(lab);

  it.each(modes)('an unknown network, %s: the error lists the existing networks', async (_, mode) => {
    const refused = await run(alice, ['--network=nowhere'], ...mode);
    expectRefusal(refused, 'E_NETWORK_UNKNOWN');
    expect(refused.stderr).toMatch(/no network "nowhere"; there are: .*mgmt/);
  });

  it.each(modes)('a wrong token, %s', async (_, mode) => {
    const env = { OS_TOKEN: 'not-a-token' };
    const refused = await alice.ovnDocker(['--network=mgmt', 'run', '-d', ...mode, IMAGE, ...STAY], env);
    expectRefusal(refused, 'E_TOKEN_REFUSED');
    expect(refused.stderr).not.toContain('not-a-token');
    expectRefusal(await alice.ovnDocker(['list', 'networks'], env), 'E_TOKEN_REFUSED');
  });

  it.each(modes)('a vif-id of another tenant, %s', async (_, mode) => {
    const vif = `--vif-id=${lab.state.vms['vm-a']?.portId}`;
    expectRefusal(await run(bob, [vif, '--network=mgmt'], ...mode), 'E_VIF_UNKNOWN');
  });

  it.each(modes)('the vif-id of another VM of the tenant, %s', async (_, mode) => {
    const vif = `--vif-id=${lab.state.vms['vm-b']?.portId}`;
    expectRefusal(await run(alice, [vif, '--network=mgmt'], ...mode), 'E_VIF_NOT_THIS_VM');
  });

  it.each(modes)('a missing image, %s', async (_, mode) => {
    const refused = await alice.ovnDocker(['--network=mgmt', 'run', '-d', ...mode, 'no-such-image:ever']);
    expectRefusal(refused, 'E_IMAGE_MISSING');
    expect(refused.stderr).toContain('no-such-image:ever');
  });

  it('--net=host contradicts --network', async () => {
    expectRefusal(await run(alice, ['--network=mgmt'], '--net=host'), 'E_USAGE');
  });

  it('without --network', async () => {
    expectRefusal(await run(alice, [], '--net=none'), 'E_USAGE');
  });

  it.each(['10.20.0.1/24', '10.20.0.0', 'nonsense', '10.20.0.0/99'])(
    '--subnet %s is not a CIDR',
    async (cidr) => {
      expectRefusal(await alice.ovnDocker(['create', 'network', 'bad', '--subnet', cidr]), 'E_CIDR');
    },
  );

  it('a user who is not root', async () => {
    const unprivileged = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'ovn-docker'];
    const config = '/tmp/ovn-docker-nobody.yaml';
    await alice.machine.must(['sh', '-c', `echo '{}' > ${config} && chmod 644 ${config}`]);
    const command = [...unprivileged, `--config=${config}`, '--network=mgmt', 'run', '-d', IMAGE, ...STAY];
    const refused = await alice.machine.run(command);
    await alice.machine.must(['rm', config]);
    expectRefusal(refused, 'E_NOT_ROOT');
  });

  it('--debug shows the stack trace', async () => {
    const refused = await run(alice, ['--debug', '--network=nowhere'], '--net=none');
    expect(refused.stderr).toMatch(/\[E_NETWORK_UNKNOWN\]/);
    expect(refused.stderr).toMatch(/^\s+at .+:\d+:\d+/m);
  });
});

// Expired tokens of a real Keystone are tested in test/openstack/short-tokens.test.ts.
describe.runIf(lab.state.apiKind === 'embedded')('an expired token', () => {
  leavesNoTraces(lab);
  const etc = join(lab.machine('api').places.data, 'etc', 'embedded-neutron');
  const host = lab.machine('api');
  let token: string;

  beforeAll(async () => {
    // A second replica with the same signing key: its tokens are valid at the first replica too, but only for
    // a second.
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

describe('exhausted resources', () => {
  leavesNoTraces(lab);
  let network: Resource;

  /** Creates a network of bob's with one subnet. */
  const prepare = async (cidr: string) => {
    network = await api.create('network', { name: 'small' });
    await api.create('subnet', { network_id: network.id, cidr, ip_version: 4, enable_dhcp: false });
  };

  const ports = () => api.list('port', `network_id=${network.id}`);
  afterEach(async () => {
    await bob.cleanUp();
    await waitFor('the ports to be deleted', async () => (await ports()).length === 0);
    await api.delete('network', network.id);
  });

  it('an exhausted subnet: the second container on a /30 gets no address', async () => {
    await prepare('10.99.0.0/30');
    const only = await bob.run('small', '--net=none');
    expectRefusal(await run(bob, ['--network=small'], '--net=none'), 'E_SUBNET_EXHAUSTED');
    expectRefusal(await run(bob, ['--network=small']), 'E_SUBNET_EXHAUSTED');
    await bob.remove(only);
  });

  // A real Neutron takes 20 minutes to create 4094 ports.
  it.runIf(lab.state.apiKind === 'embedded')(
    'exhausted VLANs: other ports under the VM’s port have all 4094',
    async () => {
      await prepare('10.99.0.0/24');
      const central = lab.machine('central');
      const northd = (command: string) => central.must(['ovn-appctl', '-t', 'ovn-northd', command]);
      const inUse = await api.list('port');
      const vif = lab.state.vms['vm-c']?.portId;
      const taken = new Set(inUse.map((port) => (port['binding:profile'] as { tag?: number }).tag));
      const free = Array.from({ length: 4094 }, (_, i) => i + 1).filter((tag) => !taken.has(tag));
      // northd is paused meanwhile, so that 4094 ports cause no work for the hypervisors; the agent asks only
      // Neutron.
      await northd('pause');
      try {
        const crowd = free.map((tag) => ({
          network_id: network.id,
          fixed_ips: [],
          tags: ['ovn-docker', `ovn-docker:vif=${vif}`],
          'binding:profile': { parent_name: vif, tag },
        }));
        const { status, body } = await api.call('POST', 'ports', { ports: crowd });
        expect(status, JSON.stringify(body).slice(0, 500)).toBe(201);
        // The agent learns about existing ports when it starts.
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

describe('stopped daemons', () => {
  leavesNoTraces(lab);

  it.each(modes)('the agent is not running, %s', async (_, mode) => {
    await bob.machine.stop('agent');
    try {
      expectRefusal(await run(bob, ['--network=mgmt'], ...mode), 'E_AGENT_NOT_RUNNING');
      expectRefusal(await bob.ovnDocker(['status']), 'E_AGENT_NOT_RUNNING');
    } finally {
      await startAgent(bob.machine);
    }
  });

  it('dockerd is not running', async () => {
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
    // Containers end with dockerd. The agent kept running and gives the restarted containers their interfaces
    // again.
    await bob.docker('start', ...running);
    await waitFor('eth0 to return', async () => (await bob.address(id)) === address);
    await bob.remove(id);
  });
});
