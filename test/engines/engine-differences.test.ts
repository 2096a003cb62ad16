import { openLab, waitFor } from '@ovn-docker/lab';
import { afterEach, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { containerPorts } from '../support/container-ports.ts';
import { isSince } from '../support/engine.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { DRIVERS, IMAGE, Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/** What differs between Docker engines, as docs/docker.md and docs/engines.md say. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const since28 = isSince(28, lab, 'vm-a');
const SUBNET = '10.152.0.0/24';

leavesNoTraces(lab);
afterEach(() => vm.tidy('differ'));

const create = (...options: string[]) => vm.docker('network', 'create', ...DRIVERS, ...options, 'differ');
/** The subnet and the gateway that Docker shows for the network. */
async function shownRange(): Promise<{ subnet: string; gateway: string }> {
  const format = '{{with index .IPAM.Config 0}}{{.Subnet}} {{.Gateway}}{{end}}';
  const [subnet = '', gateway = ''] = (
    await vm.docker('network', 'inspect', '--format', format, 'differ')
  ).split(' ');
  return { subnet, gateway };
}

it('an existing subnet without a gateway: Docker 28 shows none if -o names the network, an earlier one the network address', async () => {
  const api = await Api.login(lab, 'alice');
  const existing = await api.create('network', { name: 'differ-existing' });
  const subnet = { network_id: existing.id, ip_version: 4, cidr: SUBNET, gateway_ip: null };
  await api.create('subnet', subnet);
  try {
    const option = 'neutron.net.name=differ-existing';
    await create('-o', option, '--ipam-opt', option);
    expect(await shownRange()).toEqual({ subnet: SUBNET, gateway: since28 ? '' : '10.152.0.0' });
    const container = await vm.dockerRun('--network', 'differ');
    expect(await vm.docker('exec', container, 'ip', 'route')).not.toContain('default');
  } finally {
    await vm.tidy('differ');
    await api.deleteEmptyNetwork(existing);
  }
});

// `--ipv4=false` exists since Docker 28.
it.runIf(since28)(
  '--ipv4=false --ipv6: containers have only an IPv6 address and answer each other',
  async () => {
    const id = await create('--ipv4=false', '--ipv6', '--subnet', 'fd00:152::/64');
    const [one = '', other = ''] = await Promise.all([1, 2].map(() => vm.dockerRun('--network', 'differ')));
    expect(await vm.address(one)).toBeUndefined();
    const api = await Api.login(lab, 'alice');
    const ports = await containerPorts(api, (await api.networkOf(id))?.id ?? '');
    const fixed = ports.map((port) => port['fixed_ips'] as { ip_address: string }[]);
    expect(fixed).toEqual(
      [1, 2].map(() => [{ subnet_id: expect.any(String), ip_address: expect.stringMatching(/^fd00:152::/) }]),
    );
    const shown = await vm.docker('exec', other, 'ip', '-6', 'addr', 'show', 'eth0', 'scope', 'global');
    const address = /inet6 (\S+)\//.exec(shown)?.[1] ?? '';
    const ping = ['docker', 'exec', one, 'ping', '-6', '-c', '1', '-W', '1', address];
    await waitFor('an answer over IPv6', async () => (await vm.machine.run(ping)).code === 0, 15_000);
  },
);

// None of the engines uses the DstName that the driver answers.
it('scenario 48: com.docker.network.endpoint.ifname: the container starts, and Docker leaves the name eth0', async () => {
  await create('--subnet', SUBNET);
  const option = 'driver-opt=com.docker.network.endpoint.ifname=front';
  const container = await vm.dockerRun('--network', `name=differ,${option}`);
  expect(await vm.address(container)).toMatch(/^10\.152\.0\./);
});

// docker.io 28.5.2 has this defect with every IPAM plugin; moby has corrected it in 29.1.
it('/etc/hosts has the container’s address; Docker 28 writes it as an IPv4-mapped IPv6 address', async () => {
  await create('--subnet', SUBNET);
  const container = await vm.dockerRun('--network', 'differ', '--ip', '10.152.0.9');
  const hosts = await vm.docker('exec', container, 'cat', '/etc/hosts');
  expect(hosts).toContain(`${since28 ? '::ffff:' : '\n'}10.152.0.9\t`);
});

it('several options of one endpoint: addresses, alias and security groups', async () => {
  await create('--subnet', SUBNET);
  const mac = '02:00:00:00:52:05';
  // `docker run --network` accepts mac-address since 26.
  const hasMac = isSince(26, lab, 'vm-a');
  const options = ['name=differ', 'ip=10.152.0.9', 'alias=al', 'driver-opt=neutron.security_groups=default'];
  const network = [...options, ...(hasMac ? [`mac-address=${mac}`] : [])].join(',');
  const container = await vm.dockerRun('--network', network, ...(hasMac ? [] : ['--mac-address', mac]));
  expect(await vm.address(container)).toBe('10.152.0.9');
  expect(await vm.docker('exec', container, 'cat', '/sys/class/net/eth0/address')).toBe(mac);
  const asked = await vm.docker('run', '--rm', '--network', 'differ', IMAGE, 'nslookup', 'al', '127.0.0.11');
  expect(asked).toContain('10.152.0.9');
});
