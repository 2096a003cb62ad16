import type { AgentConfig } from '../../config/agent-config.ts';
import type { Prober } from '../../health/probes/prober.ts';
import { retryReleases } from '../../lifecycle/release.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { refreshPools } from '../../pools/refresh-pools.ts';
import { announceNics } from '../announce-nics.ts';
import { applyContainerEvents } from '../apply-container-events.ts';
import { applySecurityGroups, watchSecurityGroups } from '../apply-security-groups.ts';
import { exemptDhcpServers, watchDhcpServers } from '../exempt-dhcp-servers.ts';
import { findSandboxes, watchSandboxes } from '../find-sandboxes.ts';
import { recordForBoot } from '../record-for-boot.ts';
import { every, soon } from '../recur.ts';
import { refuseRouterAdvertisements } from '../refuse-router-advertisements.ts';
import { tolerate } from '../tolerate.ts';
import { warnOfLabels } from '../warn-of-labels.ts';
import { updateProbes, watchProbes } from '../watch-probes.ts';
import { watchPublishedPorts } from '../watch-published-ports.ts';
import { watchSwitch } from '../watch-switch.ts';
import type { Clients } from './open-clients.ts';
import type { Recognised } from './recognise.ts';

const TIDY_EVERY_MS = 5000;

/** How often the agent reads the files of its credential again, in milliseconds. */
const CREDENTIAL_EVERY_MS = 5000;

/** Debounce for changes that other programs make in the VM's Open vSwitch, in milliseconds. */
const SWITCH_DEBOUNCE_MS = 500;

/** The share of one core for the passes: with 4,094 NICs a pass takes a third of a second of CPU time. */
const PASS_SHARE = 0.006;

/** Follows Docker's events and the VM's switch, and runs the periodic work, until `signal` aborts. */
export async function watch(
  config: AgentConfig,
  { cloud, vmSwitch, docker }: Clients,
  recognised: Recognised & { readonly prober: Prober },
  signal: AbortSignal,
): Promise<void> {
  const { engine, reconciler, reconcile, prober } = recognised;
  const { log } = engine;
  using listeners = new DisposableStack();
  listeners.defer(watchSwitch(vmSwitch, soon(SWITCH_DEBOUNCE_MS, signal, reconcile)));
  listeners.defer(announceNics(engine, vmSwitch, signal));
  listeners.defer(refuseRouterAdvertisements(engine, vmSwitch));
  const lookAround = async () => {
    await reconcile();
    await tolerate(log, findSandboxes(engine, docker));
    await tolerate(log, refreshPools(engine));
    await tolerate(log, applySecurityGroups(engine, docker));
    await tolerate(log, exemptDhcpServers(engine, docker));
    await tolerate(log, updateProbes(engine, docker, prober));
    await tolerate(log, recordForBoot(engine));
  };
  // The first pass has just seen everything. When the stream opens again later, dockerd was away.
  let isSeen = true;
  const onStream = async () => {
    // Not awaited: the agent follows events while a pass is busy with what an earlier agent left.
    void tolerate(log, reconciler.catchUp({ isSeen }));
    isSeen = false;
  };
  void tolerate(log, recordForBoot(engine));
  await Promise.all([
    applyContainerEvents(engine, docker, signal, onStream),
    watchSecurityGroups(engine, docker, signal),
    watchDhcpServers(engine, docker, signal),
    watchProbes(engine, docker, prober, signal),
    watchPublishedPorts(engine, docker, signal),
    watchSandboxes(engine, docker, signal),
    every(CREDENTIAL_EVERY_MS, signal, () => tolerate(log, cloud.session.refresh())),
    warnOfLabels(engine, docker, signal),
    every(TIDY_EVERY_MS, signal, () => tolerate(log, tidy(recognised))),
    every(config.reconcile.every * 1000, signal, lookAround, PASS_SHARE),
  ]);
}

/**
 * Asks Neutron to confirm the records, retries releases, drains unused pools and fills those below their low
 * mark.
 */
async function tidy({ engine, keeper, reconcile }: Recognised): Promise<void> {
  const wasUnconfirmed = engine.unconfirmed !== undefined;
  await engine.confirm();
  if (wasUnconfirmed) await reconcile();
  if (engine.draining.size > 0) await retryReleases(engine);
  const { vmSwitch } = await engine.vm();
  const used = new Set([...dockerNetworks.all(vmSwitch).values()].map(({ network }) => network));
  await keeper.shrinkIdle((networkId) => used.has(networkId));
  for (const pool of engine.pools.all()) keeper.wake(pool);
}
