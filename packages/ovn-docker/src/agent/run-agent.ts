import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { retryReleases } from '../attach/release.ts';
import { findCloudConfig, openCloud } from '../clients/cloud.ts';
import { DockerEngine } from '../clients/docker-engine.ts';
import { VmSwitch } from '../clients/vm-switch.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import type { AgentState } from '../nics/agent-state.ts';
import { NicRegistry } from '../nics/registry.ts';
import { SerializedByKey } from '../nics/serialize.ts';
import type { Vm } from '../nics/vm.ts';
import type { Log } from '../observe/log.ts';
import { cliWrapperServer } from '../plugins/cli-wrapper/server.ts';
import { libnetworkServer } from '../plugins/libnetwork/server.ts';
import { establishVm } from './establish-vm.ts';
import { expireClaims } from './expire-claims.ts';
import { listen } from './listen.ts';
import { sweep } from './sweep.ts';
import { watchContainers } from './watch-containers.ts';

const LOCK = 'ovn_docker_agent';
const TIDY_EVERY_MS = 5000;

/** The agent of one VM: opens what it works on, becomes the only one, then serves until `signal` aborts. */
export async function runAgent(config: AgentConfig, log: Log, signal: AbortSignal): Promise<void> {
  const cloudConfig = await findCloudConfig({
    env: process.env,
    ...(config.cloud.cloud ? { cloud: config.cloud.cloud } : {}),
    ...(config.cloud.clouds_yaml ? { cloudsFiles: [config.cloud.clouds_yaml] } : {}),
    ...(config.cloud.auth_url ? { authUrl: config.cloud.auth_url } : {}),
  });
  using cloud = openCloud(cloudConfig);
  await using vmSwitch = await VmSwitch.open(config.ovs.remote, config.ovs.bridge);
  await using docker = new DockerEngine(config.docker.socket);
  if (!(await vmSwitch.lock(LOCK, signal))) return;

  let vm: Promise<Vm> | undefined;
  const nics = new NicRegistry();
  const state: AgentState = {
    neutron: cloud.neutron,
    vm: () => {
      // Found once; a failure is forgotten, so that the next request tries again.
      vm ??= establishVm(config, cloud.neutron, vmSwitch, nics, log).catch((error: unknown) => {
        vm = undefined;
        throw error;
      });
      return vm;
    },
    nics,
    draining: new Set(),
    perNic: new SerializedByKey(),
    log,
  };
  // Until Docker has said which containers there are, a NIC that seems to wait for one may have it.
  let isSwept = false;
  const sweepAll = async () => {
    await sweep(state, docker, config.docker.driver);
    isSwept = true;
  };
  await tolerate(log, sweepAll());

  await using _cli = await listen(cliWrapperServer(state, cloudConfig), config.socket);
  const pluginSocket = join(config.docker.plugins_dir, `${config.docker.driver}.sock`);
  await using _plugin = await listen(libnetworkServer(state), pluginSocket);
  log.info({ socket: config.socket, plugin: pluginSocket }, 'agent ready');

  const watching = watchContainers(state, docker, signal, sweepAll);
  await keepTidy(state, () => isSwept, signal);
  await watching;
  log.info('agent stopped; containers keep running');
}

/** What can wait for a better moment is tried again at every turn. */
async function keepTidy(state: AgentState, isSwept: () => boolean, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(TIDY_EVERY_MS, undefined, { signal })) {
      if (isSwept()) await tolerate(state.log, expireClaims(state));
      if (state.draining.size > 0) await tolerate(state.log, retryDraining(state));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function retryDraining(state: AgentState): Promise<void> {
  await retryReleases(await state.vm(), state.nics, state.draining);
}

async function tolerate(log: Log, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => log.warn({ err: error }, 'could not tidy up; trying again later'));
}
