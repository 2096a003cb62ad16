import { openLab, waitFor } from '@ovn-docker/lab';
import { expect, it } from 'vitest';
import { Api } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { IMAGE, STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Debian's docker-compose with a file that names the drivers. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const FILE = '/run/compose.yaml';

/** JSON is YAML. */
const project = (web: { address: string; groups?: string }) =>
  JSON.stringify({
    version: '2.4',
    services: {
      web: {
        image: IMAGE,
        command: STAY,
        restart: 'always',
        ports: ['8134:80'],
        networks: { front: { ipv4_address: web.address } },
        ...(web.groups ? { labels: { 'org.ovn-docker.security-groups': web.groups } } : {}),
      },
      db: { image: IMAGE, command: STAY, networks: ['front'] },
    },
    networks: {
      front: {
        driver: 'ovn',
        driver_opts: { 'com.docker.network.driver.mtu': '1400' },
        ipam: { driver: 'ovn', config: [{ subnet: '10.134.0.0/24' }] },
      },
    },
  });

leavesNoTraces(lab);

it('docker-compose up with published ports, up with a changed service, and down', async () => {
  const api = await Api.login(lab, 'alice');
  const compose = (...args: string[]) =>
    vm.machine.must(['docker-compose', '--no-ansi', '-p', 'project', '-f', FILE, ...args], {
      timeoutMs: 100_000,
    });
  const write = (text: string) => vm.machine.must(['sh', '-c', 'cat > "$1"', 'write', FILE], { input: text });
  const idOf = async (service: string) => (await compose('ps', '-q', service)).trim();
  const group = await api.create('security_group', { name: 'compose-group' });
  try {
    await write(project({ address: '10.134.0.10' }));
    await compose('up', '-d');
    const [web, db] = [await idOf('web'), await idOf('db')];
    expect(await vm.address(web)).toBe('10.134.0.10');
    expect(await vm.docker('exec', db, 'cat', '/sys/class/net/eth0/mtu')).toBe('1400');
    // Services find each other by name: Docker's own resolver knows their addresses.
    await waitFor('an answer from web', () => vm.pings(db, 'web'));

    await write(project({ address: '10.134.0.20', groups: 'compose-group' }));
    await compose('up', '-d');
    const again = await idOf('web');
    expect(again).not.toBe(web);
    expect(await idOf('db')).toBe(db);
    expect(await vm.address(again)).toBe('10.134.0.20');
    await waitFor('an answer from the new web', () => vm.pings(db, 'web'));
    await waitFor('its security group', async () => {
      const [port] = await api.list('port', 'fixed_ips=ip_address=10.134.0.20');
      return (port?.['security_groups'] as string[] | undefined)?.includes(group.id);
    });
  } finally {
    await compose('down', '--timeout', '2');
    await api.delete('security_group', group.id);
  }
});
