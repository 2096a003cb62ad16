import { managementSocket } from '../../clients/vm-switch/bridge-flows.ts';
import type { VmSwitch } from '../../clients/vm-switch.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import { guardedPort } from '../../nics/guarded-port.ts';
import type { Log } from '../../observe/log.ts';
import { Guard } from '../../vm/guard/guard.ts';

/**
 * Begins to guard the ports of containers, those of an earlier agent first: it needs only the VM's switch. If
 * the bridge's flow tables cannot be reached, the agent tries again, and attaches no container until then.
 */
export async function guardPorts(
  { guard: policy, ovs }: AgentConfig,
  vmSwitch: VmSwitch,
  log: Log,
  closing: AsyncDisposableStack,
): Promise<Guard> {
  const socket = ovs.management ?? managementSocket(ovs.remote, ovs.bridge);
  const guard = closing.use(
    new Guard({ vmSwitch, socket, readPort: (port) => guardedPort(port, policy), log }),
  );
  await guard.start();
  return guard;
}
