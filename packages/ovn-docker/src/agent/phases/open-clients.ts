import { Rtnetlink } from '@ovn-docker/netlink';
import type { CredentialEvent } from '@ovn-docker/openstack';
import { DockerEngine } from '../../clients/docker-engine.ts';
import { type Cloud, findCloudConfig, openCloud } from '../../clients/neutron/cloud.ts';
import { configuredCloud } from '../../clients/neutron/configured-cloud.ts';
import type { VmSwitch } from '../../clients/vm-switch.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import type { HealthService } from '../../health/health-service.ts';
import type { Log } from '../../observe/log.ts';
import { awaitSwitch } from '../await-switch.ts';

/** The programs that an agent works with, and the VM's kernel. */
export interface Clients {
  readonly cloud: Cloud;
  readonly vmSwitch: VmSwitch;
  readonly docker: DockerEngine;
  readonly netlink: Rtnetlink;
}

interface OpenOptions {
  readonly stop: AbortSignal;
  /** Learns what the agent waits for. */
  readonly health: HealthService;
  readonly closing: AsyncDisposableStack;
}

/**
 * Finds the agent's credential and waits for the VM's switch. Keystone, Neutron and Docker may be away.
 * @returns undefined when `stop` ended the waiting
 * @throws OvnDockerError `E_NO_CREDENTIAL`
 */
export async function openClients(
  config: AgentConfig,
  log: Log,
  { stop, health, closing }: OpenOptions,
): Promise<Clients | undefined> {
  const credential = agentsCredential(config, log);
  const cloudConfig = await credential.reread();
  log.info({ origin: cloudConfig.origin }, 'credential found');
  const cloud = closing.use(openCloud(cloudConfig, credential));
  const vmSwitch = await awaitSwitch(config, cloud, log, { stop, health });
  if (!vmSwitch) return undefined;
  closing.use(vmSwitch);
  const docker = closing.use(new DockerEngine(config.docker.socket));
  const netlink = closing.use(Rtnetlink.open());
  return { cloud, vmSwitch, docker, netlink };
}

/** How the agent reads its credential, at first and again later, and what it logs about it. */
function agentsCredential(config: AgentConfig, log: Log) {
  const warned = new Set<string>();
  const onWarning = (warning: string) => {
    if (!warned.has(warning)) log.warn(warning);
    warned.add(warning);
  };
  const reread = () =>
    findCloudConfig({
      env: process.env,
      fallback: configuredCloud(config),
      trustedFilesOnly: true,
      onWarning,
    });
  const onCredential = (event: CredentialEvent) => {
    if (event.kind === 'replaced') log.info({ origin: event.origin }, 'credential replaced');
    else
      log.warn({ err: event.reason }, 'a changed credential cannot be used: the agent keeps the one it has');
  };
  return { reread, onCredential };
}
