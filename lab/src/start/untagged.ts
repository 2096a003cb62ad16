import type { Lab } from '../lab.ts';
import { hypervisors, underlay } from '../topology.ts';
import { check, type Place } from './checks.ts';

/**
 * Captures pings between two containers: the frames must be tagged between the VM and its hypervisor, and
 * untagged in the tunnel. The pings last longer than the captures. Returns what was verified.
 */
export async function checkUntagged(
  lab: Lab,
  from: Place & { nic: { vlan: number | undefined } },
  to: Place,
): Promise<string> {
  const hv = lab.machine(hypervisors[0].name);
  const capture = (interfaceName: string, filter: string) =>
    hv.run(
      [
        'tcpdump',
        '-n',
        '-e',
        '-v',
        '-l',
        '--immediate-mode',
        '-c',
        '4',
        '-i',
        interfaceName,
        ...filter.split(' '),
      ],
      { timeoutMs: 20_000 },
    );
  const peer = `host ${hypervisors[1].underlay} and udp port 6081`;
  const [vmSide, tunnel] = await Promise.all([
    capture('tap-vm-a', `vlan ${from.nic.vlan} and icmp`),
    capture('phys0', peer),
    from.run(['ping', '-c', '30', '-i', '0.2', '-W', '1', to.address]),
  ]);
  check(
    vmSide.stdout.includes(`vlan ${from.nic.vlan}`),
    `no frame with VLAN ${from.nic.vlan} between VM-A and hv1`,
  );
  const inner = tunnel.stdout
    .split('\n')
    .filter((line) => line.includes(from.address) && line.includes(to.address));
  check(inner.length > 0, `no frame of the containers in the tunnel:\n${tunnel.stdout}${tunnel.stderr}`);
  check(!/vlan|802\.1Q/i.test(tunnel.stdout), `a tagged frame in the tunnel:\n${tunnel.stdout}`);
  return `VLAN ${from.nic.vlan} between VM-A and hv1, no tag in the Geneve tunnel (${underlay.mtu} MTU underlay)`;
}
