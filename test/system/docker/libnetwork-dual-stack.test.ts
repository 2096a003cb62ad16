import { openLab, waitFor } from '@ovn-docker/lab';
import { expect, it } from 'vitest';
import { configureAgent } from '../../support/agent-config.ts';
import { Api } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { DRIVERS, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');

leavesNoTraces(lab);

it('scenario 23: containers that start at once get warm NICs of both IP versions: each has both addresses of one port', async () => {
  const api = await Api.login(lab, 'alice');
  const restore = await configureAgent(lab, 'vm-a', { pool: { low: 1, high: 6, batch: 6 } });
  const ranges = ['--ipv6', '--subnet', '10.135.0.0/24', '--subnet', 'fd35::/64'];
  const id = await vm.docker('network', 'create', ...DRIVERS, ...ranges, 'dual');
  try {
    const network = await api.networkOf(id);
    const ports = () => api.list('port', `network_id=${network?.id}&device_owner=`);
    const pools = async () => JSON.parse((await vm.ovnDocker(['pool', 'list', '--json'])).stdout);
    const warm = async () =>
      (await pools()).find(({ networkId }: { networkId: string }) => networkId === network?.id)?.warm;
    await waitFor('warm NICs', async () => (await warm()) === 6);
    const before = await ports();
    const containers = await Promise.all([1, 2, 3, 4].map(() => vm.dockerRun('--network', 'dual')));
    const used = new Set<string>();
    for (const container of containers) {
      const shown = await vm.docker('exec', container, 'ip', 'addr', 'show', 'eth0');
      const mac = /link\/ether (\S+)/.exec(shown)?.[1];
      const port = before.find((candidate) => candidate['mac_address'] === mac);
      // The port existed before the container: the NIC was warm.
      expect(port).toBeDefined();
      const addresses = port?.['fixed_ips'] as { ip_address: string }[];
      expect(addresses).toHaveLength(2);
      for (const { ip_address } of addresses) expect(shown).toContain(`${ip_address}/`);
      used.add(port?.id ?? '');
    }
    expect(used.size).toBe(4);
    const [one = '', other = ''] = containers;
    const shown = await vm.docker('exec', other, 'ip', '-6', 'addr', 'show', 'eth0', 'scope', 'global');
    const address = /inet6 (\S+)\//.exec(shown)?.[1] ?? '';
    const ping = ['docker', 'exec', one, 'ping', '-6', '-c', '1', '-W', '1', address];
    await waitFor('an answer over IPv6', async () => (await vm.machine.run(ping)).code === 0, 15_000);
  } finally {
    await vm.cleanUp();
    await vm.docker('network', 'rm', 'dual');
    await restore();
  }
});
