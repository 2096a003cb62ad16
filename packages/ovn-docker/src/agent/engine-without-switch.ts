import type { Cloud } from '../clients/neutron/cloud.ts';
import { type AgentConfig, poolMarks } from '../config/agent-config.ts';
import type { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { NicPools } from '../nics/pools.ts';
import { NicRegistry } from '../nics/registry.ts';
import { ReturnedPorts } from '../nics/returned-ports.ts';
import type { Log } from '../observe/log.ts';
import { InTurn } from '../queues/in-turn.ts';

/**
 * An engine that knows nothing of its VM yet: what needs the VM is refused at once with `reason()`. Docker
 * may forget endpoints of the containers that ended with the VM: the reconciler finishes their NICs later.
 */
export function engineWithoutSwitch(
  config: AgentConfig,
  { neutron }: Pick<Cloud, 'neutron'>,
  log: Log,
  reason: () => OvnDockerError,
): Engine {
  return {
    neutron,
    vm: () => Promise.reject(reason()),
    confirm: () => Promise.reject(reason()),
    unconfirmed: undefined,
    nics: new NicRegistry(),
    pools: new NicPools((network) => poolMarks(config, network)),
    wake: () => undefined,
    draining: new Set(),
    inTurn: new InTurn(),
    returned: new ReturnedPorts(neutron, log),
    log,
  };
}
