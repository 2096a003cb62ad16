import type { Rtnetlink } from '@ovn-docker/netlink';
import type { Cloud } from '../clients/neutron/cloud.ts';
import type { VmSwitch } from '../clients/vm-switch.ts';
import { type AgentConfig, poolMarks } from '../config/agent-config.ts';
import type { Engine } from '../nics/engine.ts';
import { NicPools } from '../nics/pools.ts';
import { NicRegistry } from '../nics/registry.ts';
import { ReturnedPorts } from '../nics/returned-ports.ts';
import type { Log } from '../observe/log.ts';
import type { PoolKeeper } from '../pools/keep-pools.ts';
import { renewForPool } from '../pools/renew-for-pool.ts';
import { InTurn } from '../queues/in-turn.ts';
import type { Guard } from '../vm/guard/guard.ts';
import type { Vm } from '../vm/vm.ts';
import { establishVm } from './establish-vm.ts';
import { restorePools } from './restore-pools.ts';

interface Parts {
  readonly config: AgentConfig;
  readonly cloud: Cloud;
  readonly vmSwitch: VmSwitch;
  readonly netlink: Rtnetlink;
  readonly guard: Guard;
  readonly keeper: PoolKeeper;
  readonly log: Log;
}

/**
 * Creates the engine. Its memory stays empty until the first call of `vm()` that reaches Neutron, which also
 * recovers what an earlier agent made.
 */
export function createEngine({ config, cloud, vmSwitch, netlink, guard, keeper, log }: Parts): Engine {
  let known: Promise<Vm> | undefined;
  const engine: Engine = {
    neutron: cloud.neutron,
    vm: () => {
      // A failure is not kept: the next request tries again.
      known ??= establish().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      return known;
    },
    nics: new NicRegistry(),
    pools: new NicPools((network) => poolMarks(config, network)),
    wake: (pool) => keeper.wake(pool),
    draining: new Set(),
    inTurn: new InTurn(),
    returned: new ReturnedPorts(cloud.neutron, log),
    log,
  };
  async function establish(): Promise<Vm> {
    const { vm, nics, children } = await establishVm(config, cloud, { vmSwitch, netlink, guard }, log);
    const dead = await restorePools(engine, nics, children, vm);
    engine.nics.add(...nics);
    for (const [pool, group] of dead) renewForPool(engine, pool, group);
    return vm;
  }
  return engine;
}
