import type { Rtnetlink } from '@ovn-docker/netlink';
import type { Cloud } from '../clients/neutron/cloud.ts';
import type { VmSwitch } from '../clients/vm-switch.ts';
import { type AgentConfig, poolMarks } from '../config/agent-config.ts';
import { type ErrorCode, OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { NicPools } from '../nics/pools.ts';
import { type Children, observeChildren, recoverNics } from '../nics/recover.ts';
import { NicRegistry } from '../nics/registry.ts';
import { ReturnedPorts } from '../nics/returned-ports.ts';
import type { Log } from '../observe/log.ts';
import type { PoolKeeper } from '../pools/keep-pools.ts';
import { renewForPool } from '../pools/renew-for-pool.ts';
import { inTime } from '../queues/in-time.ts';
import { InTurn } from '../queues/in-turn.ts';
import type { Guard } from '../vm/guard/guard.ts';
import type { Vm } from '../vm/vm.ts';
import { Confirmation } from './confirmation.ts';
import { assembleVm, identifyVm, markVlans, recallVm } from './establish-vm.ts';
import { fetchPoolFacts, type PoolFacts, recallPoolFacts, restorePools } from './restore-pools.ts';

interface Parts {
  readonly config: AgentConfig;
  readonly cloud: Cloud;
  readonly vmSwitch: VmSwitch;
  readonly netlink: Rtnetlink;
  readonly guard: Guard;
  readonly keeper: PoolKeeper;
  readonly log: Log;
  /** Called when Neutron says that the VM's own port is another one than the agent had recorded. */
  readonly onOtherVm: () => void;
  /** How long the agent waits for Neutron at its start if it can work without, in milliseconds. */
  readonly patienceMs?: number;
}

/**
 * Creates the engine. Its memory stays empty until the first call of `vm()` that reaches Neutron, which also
 * recovers what an earlier agent made. If Neutron is away and an earlier agent has recorded the VM, the
 * engine works with the records, and Neutron confirms them later (docs/decisions/boot-without-the-api.md).
 */
export function createEngine({
  config,
  cloud,
  vmSwitch,
  netlink,
  guard,
  keeper,
  log,
  onOtherVm,
  patienceMs = 5000,
}: Parts): Engine {
  const parts = { vmSwitch, netlink, guard };
  const confirmation = new Confirmation();
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
    confirm: async () => {
      await engine.vm();
      await confirmation.complete();
    },
    get unconfirmed() {
      return confirmation.reason;
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
    const recalled = recallVm(config, cloud.neutron, parts, log);
    const late = () =>
      new OvnDockerError('E_API_UNREACHABLE', `Neutron has not answered in ${patienceMs} ms`);
    const asking = askNeutron();
    try {
      const { vm, nics, children, facts } = await (recalled ? inTime(asking, patienceMs, late) : asking);
      takeOver(vm, nics, children, facts);
      return vm;
    } catch (error) {
      if (!recalled || !isNoAnswer(error)) throw error;
      const { vm, nics, children } = recalled;
      takeOver(vm, nics, children, recallPoolFacts(vm));
      confirmation.begin({ engine, vm, error, ask: () => askNeutron(vm), onOtherVm });
      return vm;
    }
  }

  /** @param vm the VM as the records show it; undefined: nothing is known yet */
  async function askNeutron(recalled?: Vm) {
    const identity = await identifyVm(config, cloud, parts, log);
    const vm = recalled ?? assembleVm(config, cloud.neutron, identity, parts, log);
    const children = await observeChildren(cloud.neutron, vm);
    const nics = await recoverNics(cloud.neutron, children);
    const facts = await fetchPoolFacts(engine, nics, vm);
    return { identity, vm, children, nics, facts };
  }

  function takeOver(vm: Vm, nics: readonly Nic[], children: Children, facts: PoolFacts): void {
    markVlans(vm, nics, children);
    const dead = restorePools(engine, nics, children, vm, facts);
    engine.nics.add(...nics);
    for (const [pool, group] of dead) renewForPool(engine, pool, group);
    log.info({ vifId: vm.vifId, vlans: vm.vlans.count(), nics: nics.length }, 'knows the NICs of this VM');
  }
  return engine;
}

/**
 * Refusals that say nothing about this VM: the API is away or fails, or does not accept the credential. After
 * others, such as `E_VIF_NOT_FOUND`, the records are wrong.
 */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'E_API_UNREACHABLE',
  'E_API_FAILED',
  'E_TOKEN_REFUSED',
  'E_ENDPOINT',
  'E_CONFIG',
  'E_NO_PROJECT',
  'E_ACCESS_RULES',
  'E_RULES_UNSUPPORTED',
  'E_FORBIDDEN',
  'E_CERTIFICATE',
  'E_BROKER_REFUSED',
  'E_BROKER',
]);

function isNoAnswer(error: unknown): error is OvnDockerError {
  return error instanceof OvnDockerError && NO_ANSWER.has(error.code);
}
