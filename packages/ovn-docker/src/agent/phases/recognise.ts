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

/**
 * Runs the first pass of the reconciler until the agent knows which container uses each NIC. The pass
 * continues in the background, because it can take long to finish what an earlier agent left incomplete. If
 * Neutron is away, the agent serves without it.
 */
export async function recognise(
  config: AgentConfig,
  { cloud, vmSwitch, docker, netlink, guard }: Clients & { readonly guard: Guard },
  log: Log,
  signal: AbortSignal,
): Promise<Recognised> {
  const keeper: PoolKeeper = new PoolKeeper(() => engine);
  const engine = createEngine({ config, cloud, vmSwitch, netlink, guard, keeper, log });
  const reconciler = new Reconciler(engine, docker, {
    driver: config.docker.driver,
    patienceMs: config.reconcile.patience * 1000,
    signal,
  });
  const recognised = Promise.withResolvers<void>();
  const firstPass = tolerate(log, reconciler.run({ onRecognised: recognised.resolve }));
  await Promise.race([firstPass, recognised.promise]);
  return { engine, keeper, reconciler, reconcile: () => tolerate(log, reconciler.run()) };
}
