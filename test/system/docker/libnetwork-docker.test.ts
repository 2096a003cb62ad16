import { openLab, waitFor } from '@ovn-docker/lab';
import { beforeAll, describe, expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Api } from '../../support/api.ts';
import { containerPorts } from '../../support/container-ports.ts';
import { stopNeutron } from '../../support/stop-neutron.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Networks and containers of the real dockerd: scenario 24, security groups and DNS. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-c');
const SUBNET = '10.144.0.0/24';
let api: Api;
let network: string;

beforeAll(async () => {
  api = await Api.login(lab, 'bob');
});

const neutronId = async () => (await api.networkOf(network))?.id ?? '';
const ports = async () => containerPorts(api, await neutronId());

describe('warm NICs', () => {
  leavesNoTraces(lab);

  it('scenario 24: a network is removed while its pool is filled, and while a NIC is returned to the pool', async () => {
    const restore = await configureAgent(lab, 'vm-c', { pool: { low: 3, high: 6, batch: 3 } });
    try {
      network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, 'bad-hours');
      await vm.docker('network', 'rm', 'bad-hours');
      network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, 'bad-hours');
      await waitFor('warm NICs', async () => (await ports()).length >= 3);
      // The veth pair is deleted with the container's namespace; the agent makes a new one for the pool.
      const container = await vm.dockerRun('--rm', '--network', 'bad-hours');
      await vm.docker('kill', container);
      await vm.docker('wait', container).catch(() => undefined);
      const id = await neutronId();
      await waitFor('docker network rm', async () => {
        return (await vm.machine.run(['docker', 'network', 'rm', 'bad-hours'])).code === 0;
      });
      expect(await api.list('port', `network_id=${id}`)).toEqual([]);
      expect(await api.list('network', `id=${id}`)).toEqual([]);
    } finally {
      await restore();
    }
  });
});

describe('a stray Neutron network', () => {
  leavesNoTraces(lab);

  it('is removed by the reconciler; networks of other agents stay', async () => {
    const vifId = lab.state.vms['vm-c']?.portId ?? '';
    const own = { name: 'docker-0123456789ab', description: `ovn-docker:vif=${vifId}` };
    const stray = await api.create('network', own);
    const foreign = await api.create('network', { ...own, description: 'ovn-docker:vif=another' });
    try {
      const plan = await vm.ovnDocker(['gc', '--plan', '--json']);
      expect(plan.stdout).toContain('stray network');
      expect(await api.list('network', `id=${stray.id}`)).toHaveLength(1);
      await vm.ovnDocker(['gc']);
      expect(await api.list('network', `id=${stray.id}`)).toEqual([]);
      expect(await api.list('network', `id=${foreign.id}`)).toHaveLength(1);
    } finally {
      await api.delete('network', foreign.id);
    }
  });
});

describe('while Neutron is down', () => {
  leavesNoTraces(lab);

  it('scenario 14: docker network rm succeeds at once; the agent deletes the Neutron network when Neutron is up again', async () => {
    network = await vm.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, 'away');
    const id = await neutronId();
    const start = await stopNeutron(lab);
    try {
      await vm.docker('network', 'rm', 'away');
    } finally {
      await start();
    }
    expect(await api.list('network', `id=${id}`)).toHaveLength(1);
    await vm.ovnDocker(['gc']);
    expect(await api.list('network', `id=${id}`)).toEqual([]);
  });
});

describe('security groups and DNS', () => {
  leavesNoTraces(lab);
  const LABEL = 'org.ovn-docker.security-groups=extra';

  it.each([
    ['docker run', () => vm.dockerRun('--network', 'by-driver', '--label', LABEL)],
    ['ovn-docker run --net=none', () => vm.run('labelled', '--net=none', '--label', LABEL)],
  ])('a label adds security groups to the default ones, %s', async (_, start) => {
    const extra = await api.create('security_group', { name: 'extra' });
    const existing = await api.createNetwork('labelled', SUBNET);
    try {
      const option = 'neutron.net.name=labelled';
      await vm.docker('network', 'create', ...DRIVERS, '-o', option, '--ipam-opt', option, 'by-driver');
      const groups = async () =>
        (await api.list('port', `network_id=${existing.id}`))[0]?.['security_groups'] as string[];
      const id = await start();
      await waitFor('the security group', async () => (await groups())?.includes(extra.id));
      expect(await groups()).toHaveLength(2);
      // A new agent keeps the group.
      await vm.restartAgent('KILL');
      expect(await groups()).toContain(extra.id);
      await vm.remove(id);
      await waitFor(
        'its port to be deleted',
        async () => (await api.list('port', `network_id=${existing.id}`)).length === 0,
      );
    } finally {
      await vm.cleanUp();
      await vm.machine.run(['docker', 'network', 'rm', 'by-driver']);
      await api.delete('network', existing.id);
      await api.delete('security_group', extra.id);
    }
  });

  it.each([
    ['with the driver', []],
    ['with --net=none', ['--net=none']],
  ])('ovn-docker run %s: --security-group, name servers and domain', async (_, mode) => {
    const group = await api.create('security_group', { name: 'only' });
    const existing = await api.create('network', { name: 'named', dns_domain: 'bob.example.' });
    const dns_nameservers = ['10.144.0.53'];
    await api.create('subnet', { network_id: existing.id, cidr: SUBNET, ip_version: 4, dns_nameservers });
    const run = async (...options: string[]) => {
      const command = [
        '--network=named',
        '--security-group',
        'only',
        'run',
        ...mode,
        ...options,
        '--rm',
        '--sig-proxy=false',
      ];
      const { stdout, stderr } = await vm.ovnDocker([...command, IMAGE, 'cat', '/etc/resolv.conf']);
      return stdout + stderr;
    };
    try {
      const resolvConf = await run();
      expect(resolvConf).toContain('search bob.example');
      // On a Docker network the container asks Docker's own resolver, which asks the name server.
      expect(resolvConf).toMatch(mode.length > 0 ? /nameserver 10\.144\.0\.53/ : /nameserver 127\.0\.0\.11/);
      expect(await run('--dns-search', 'mine.example')).not.toContain('bob.example');
      const command = ['ovn-docker', '--network=named', '--security-group', 'only', 'run', '-d', ...mode];
      const id = (await vm.machine.must([...command, IMAGE, 'sleep', '1000'])).trim();
      try {
        expect(await vm.docker('inspect', '--format', '{{.HostConfig.Dns}}', id)).toBe('[10.144.0.53]');
        expect(await api.list('port', `network_id=${existing.id}`)).toMatchObject([
          { security_groups: [group.id] },
        ]);
      } finally {
        await vm.docker('rm', '-f', id);
      }
      await waitFor(
        'its port to be deleted',
        async () => (await api.list('port', `network_id=${existing.id}`)).length === 0,
      );
    } finally {
      await vm.removeNetworks('label=org.ovn-docker.network');
      await api.delete('network', existing.id);
      await api.delete('security_group', group.id);
    }
  });
});
