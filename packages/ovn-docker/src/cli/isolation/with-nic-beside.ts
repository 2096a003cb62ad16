import { setTimeout as sleep } from 'node:timers/promises';
import type { Neutron, Port } from '@ovn-docker/openstack';
import type { AgentClient } from '../../api/client.ts';
import type { NicView } from '../../api/types.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Source } from './probes.ts';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 200;

/**
 * Has the agent prepare a NIC on the network of the other VM's own port, which no container uses, and
 * releases it after `work`.
 * @throws OvnDockerError `E_TEST_INCONCLUSIVE`, and the errors of the agent
 */
export async function withNicBeside(
  agent: AgentClient,
  neutron: Neutron,
  neighbour: Port,
  work: (source: Source) => Promise<void>,
): Promise<void> {
  const id = crypto.randomUUID();
  const nic = await agent.prepareNic({ id, network: neighbour.network_id, name: 'isolation-test' });
  try {
    await untilActive(neutron, nic);
    await work(sourceOf(nic));
  } finally {
    await agent.releaseNic(id);
  }
}

/** Waits until OVN has bound the port: before that, it drops every frame. */
async function untilActive(neutron: Neutron, { port = '' }: NicView): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while ((await neutron.ports.get(port)).status !== 'ACTIVE') {
    if (performance.now() > until) throw inconclusive(`port ${port} does not become ACTIVE`);
    await sleep(PAUSE_MS);
  }
}

function sourceOf({ mac, vlan, addresses }: NicView): Source {
  const ipv4 = addresses.find((cidr) => !cidr.includes(':'))?.split('/')[0];
  if (mac === undefined || vlan === undefined || ipv4 === undefined)
    throw inconclusive('the network of the VMs has no IPv4 subnet');
  return { mac, vlan, ipv4 };
}

const inconclusive = (message: string) => new OvnDockerError('E_TEST_INCONCLUSIVE', message);
