import { setTimeout as delay } from 'node:timers/promises';
import type { AgentConfig } from '../../config/agent-config.ts';
import type { Engine } from '../../nics/engine.ts';
import type { Log } from '../../observe/log.ts';
import { PoolKeeper } from '../../pools/keep-pools.ts';
import { Reconciler } from '../../reconcile/reconcile.ts';
import type { Guard } from '../../vm/guard/guard.ts';
import { createEngine } from '../create-engine.ts';
import { tolerate } from '../tolerate.ts';
import type { Clients } from './open-clients.ts';

/** An agent that knows its VM. */
export interface Recognised {
  readonly engine: Engine;
  readonly keeper: PoolKeeper;
  readonly reconciler: Reconciler;
  /** Runs a pass of the reconciler; logs an error and never rejects. */
  reconcile(): Promise<void>;
}

/** How long Neutron can keep the agent from serving, in milliseconds: Docker waits for the agent. */
const LONGEST_MS = 20_000;

/**
 * Runs the first pass of the reconciler until the agent knows which container uses each NIC. The pass
 * continues in the background, because it can take long to finish what an earlier agent left incomplete. If
 * Neutron is away, the agent serves without it.
 * @param options `onOtherVm`: called when this VM turns out to be another one than its switch has recorded
 */
export async function recognise(
  config: AgentConfig,
  { cloud, vmSwitch, docker, netlink, guard }: Clients & { readonly guard: Guard },
  log: Log,
  { signal, onOtherVm }: { readonly signal: AbortSignal; readonly onOtherVm: () => void },
): Promise<Recognised> {
  const keeper: PoolKeeper = new PoolKeeper(() => engine);
  const engine = createEngine({ config, cloud, vmSwitch, netlink, guard, keeper, log, onOtherVm });
  const reconciler = new Reconciler(engine, docker, {
    driver: config.docker.driver,
    patienceMs: config.reconcile.patience * 1000,
    signal,
  });
  const recognised = Promise.withResolvers<void>();
  const firstPass = tolerate(log, reconciler.run({ onRecognised: recognised.resolve }));
  // Records name the containers of the NICs as well as Neutron does.
  const recalled = engine.vm().then(
    () => (engine.unconfirmed === undefined ? firstPass : undefined),
    () => firstPass,
  );
  const stop = new AbortController();
  const late = delay(LONGEST_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([firstPass, recognised.promise, recalled, late]);
  stop.abort();
  return { engine, keeper, reconciler, reconcile: () => tolerate(log, reconciler.run()) };
}
