import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { apiServer } from '../api/server.ts';
import { DockerEngine } from '../clients/docker-engine.ts';
import { configuredCloud, findCloudConfig, openCloud } from '../clients/neutron/cloud.ts';
import { VmSwitch } from '../clients/vm-switch.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';
import { retryReleases } from '../lifecycle/release.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Engine } from '../nics/engine.ts';
import type { Log } from '../observe/log.ts';
import { observeMetrics } from '../observe/metrics.ts';
import { libnetworkServer } from '../plugins/libnetwork/server.ts';
import { PoolKeeper } from '../pools/keep-pools.ts';
import { refreshPools } from '../pools/refresh-pools.ts';
import { Reconciler } from '../reconcile/reconcile.ts';
import { announceNics } from './announce-nics.ts';
import { watchContainers } from './apply-container-events.ts';
import { applySecurityGroups, watchSecurityGroups } from './apply-security-groups.ts';
import { createEngine } from './create-engine.ts';
import { listen } from './listen.ts';
import { notifySystemd } from './notify-systemd.ts';
import { every, soon } from './recur.ts';
import { watchSwitch } from './watch-switch.ts';

const LOCK = 'ovn_docker_agent';
const TIDY_EVERY_MS = 5000;
const SWITCH_PAUSE_MS = 500;
/** Of one core: with 4,094 NICs a pass takes a third of a second, and the machine is there for containers. */
const PASS_SHARE = 0.006;
/** How long what somebody else does in the VM's switch is waited for to be over. */
const SOON_MS = 500;

/**
 * The agent of one VM: becomes the only one, then serves until `signal` aborts. When the lock is lost (ovsdb-server was
 * restarted, or an operator gave it to another agent), it stops serving and begins again as the one that waits.
 * @throws OvnDockerError what keeps it from beginning; once it has served, it waits for what is away
 */
export async function runAgent(config: AgentConfig, log: Log, signal: AbortSignal): Promise<void> {
  await serveOnce(config, log, signal);
  while (!signal.aborted) {
    log.warn('lost the lock: waiting for it again');
    await serveAgain(config, log, signal);
  }
  log.info('agent stopped; containers keep running');
}

/** The VM's switch may be away for as long as its daemons are being restarted, or have no bridge until it is set up again. */
async function serveAgain(config: AgentConfig, log: Log, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      return await serveOnce(config, log, signal);
    } catch (error) {
      if (!(error instanceof OvnDockerError && error.code === 'E_SWITCH')) throw error;
      if (tries === 0) log.warn({ err: error }, 'the VM’s switch is away; trying until it is back');
      await delay(SWITCH_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function serveOnce(config: AgentConfig, log: Log, stop: AbortSignal): Promise<void> {
  const cloudConfig = await findCloudConfig({ env: process.env, fallback: configuredCloud(config) });
  log.info({ origin: cloudConfig.origin }, 'credential found');
  using cloud = openCloud(cloudConfig);
  await using vmSwitch = await VmSwitch.open(config.ovs.remote, config.ovs.bridge);
  await using docker = new DockerEngine(config.docker.socket);
  const lost = new AbortController();
  const isHeld = await vmSwitch.lock(LOCK, stop, {
    lost: () => lost.abort(),
    waiting: () => {
      log.info('another agent works in this VM: waiting until it ends');
      // Docker need not wait: it is served.
      void notifySystemd(log);
    },
  });
  if (!isHeld) return;
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, lost.signal, ended.signal]);

  const keeper: PoolKeeper = new PoolKeeper(() => state);
  const state = createEngine({ config, cloud, vmSwitch, keeper, log });
  const { driver } = config.docker;
  const patienceMs = config.reconcile.patience * 1000;
  const reconciler = new Reconciler(state, docker, { driver, patienceMs, signal });
  const reconcile = (recognized?: () => void) =>
    tolerate(
      log,
      reconciler.run(recognized ? { recognized } : {}).then(() => undefined),
    );
  const recognized = Promise.withResolvers<void>();
  const first = reconcile(recognized.resolve);
  // It works on the switch and with Neutron: neither may be closed before.
  await using working = new AsyncDisposableStack();
  let heard = Promise.resolve();
  working.defer(async () => {
    ended.abort();
    await Promise.all([reconciler.whenIdle(), heard]);
  });
  await Promise.race([first, recognized.promise]);
  // While all that was looked at, the lock may have gone to another agent.
  if (signal.aborted) return;

  using _metrics = observeMetrics();
  await using _cli = await listen(apiServer(state, reconciler, cloud), config.socket, signal);
  const pluginSocket = join(config.docker.plugins_dir, `${driver}.sock`);
  await using _plugin = await listen(libnetworkServer(state), pluginSocket, signal);
  if (signal.aborted) return;
  log.info({ socket: config.socket, plugin: pluginSocket }, 'agent ready');
  void notifySystemd(log);

  using watched = new DisposableStack();
  watched.defer(watchSwitch(vmSwitch, soon(SOON_MS, signal, reconcile)));
  watched.defer(announceNics(state, vmSwitch, signal));
  const lookAround = async () => {
    await reconcile();
    await tolerate(log, refreshPools(state));
    await tolerate(log, applySecurityGroups(state, docker));
  };
  // Everything has just been looked at; when the stream comes back later, dockerd was away.
  let hear = () => tolerate(log, reconciler.catchUp());
  const watching = watchContainers(state, docker, signal, async () => {
    // Not waited for: events are to be followed while a pass is busy with what a former agent left.
    heard = hear();
    hear = reconcile;
  });
  await Promise.all([
    watching,
    watchSecurityGroups(state, docker, signal),
    every(TIDY_EVERY_MS, signal, () => tolerate(log, tidy(state, keeper))),
    every(config.reconcile.every * 1000, signal, lookAround, PASS_SHARE),
  ]);
}

/** What can wait for a better moment is tried again at every turn. */
async function tidy(engine: Engine, keeper: PoolKeeper): Promise<void> {
  if (engine.draining.size > 0) await retryReleases(engine);
  const { vmSwitch } = await engine.vm();
  const used = new Set([...dockerNetworks.all(vmSwitch).values()].map(({ network }) => network));
  await keeper.shrinkIdle((networkId) => used.has(networkId));
  for (const pool of engine.pools.all()) keeper.wake(pool);
}

async function tolerate(log: Log, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => log.warn({ err: error }, 'could not tidy up; trying again later'));
}
