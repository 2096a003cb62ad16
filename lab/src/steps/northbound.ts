import { connect, nbSchema, openReplica } from '@ovn-docker/ovsdb';
import type { Lab } from '../lab.ts';

/**
 * Waits until OVN has bound these logical ports: each is on a hypervisor, whose flows for it are installed.
 */
export async function waitUntilBound(lab: Lab, portIds: readonly string[]): Promise<void> {
  await using client = await connect({ remotes: lab.northbound });
  await using replica = await openReplica(client, nbSchema, { Logical_Switch_Port: ['name', 'up'] });
  const isUp = (name: string) => replica.find('Logical_Switch_Port', { name })[0]?.up === true;
  await replica.until(() => portIds.every(isUp), { timeoutMs: 30_000 });
}
