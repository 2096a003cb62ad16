import type { Rtnetlink } from '@ovn-docker/netlink';
import type { CloudConfig, Network, Port } from '@ovn-docker/openstack';
import { type Access, type Cloud, findCloudConfig } from '../../clients/neutron/cloud.ts';
import { VmSwitch } from '../../clients/vm-switch.ts';
import type { ParentMode } from '../../vm/parent-link/parent-mode.ts';
import type { Settings } from '../settings.ts';

/** The context that doctor's checks share. */
export interface DoctorContext {
  readonly settings: Settings;
  readonly netlink: Rtnetlink;
  readonly findings: Partial<Findings>;
  /** Connections that a check opens and a later check uses. */
  readonly connections: AsyncDisposableStack;
}

/** What checks find and store for later checks. */
export interface Findings {
  /** Settled by {@link cloudConfigOf}. */
  cloudConfig: Promise<CloudConfig>;
  /** Settled by {@link openSwitch}. */
  openedSwitch: Promise<VmSwitch>;
  cloud: Cloud;
  access: Access;
  mode: ParentMode;
  /** The VM's own Neutron port. */
  parent: Port;
  vmSwitch: VmSwitch;
  /** Docker's version, such as `20.10.24+dfsg1`. */
  dockerRelease: string;
  /** The network of `--network`. */
  network: Network;
}

/**
 * Returns what an earlier check found.
 * @throws Error when none found it: the order of the checks is wrong
 */
export function requireFinding<Name extends keyof Findings>(
  { findings }: Pick<DoctorContext, 'findings'>,
  name: Name,
): Findings[Name] {
  const finding = findings[name];
  if (finding === undefined) throw new Error(`no earlier check has stored the finding "${name}"`);
  return finding;
}

/**
 * The cloud and its credential, read once: the credential may come from a pipe.
 * @throws OvnDockerError `E_NO_CREDENTIAL`
 */
export function cloudConfigOf({ settings, findings }: DoctorContext): Promise<CloudConfig> {
  findings.cloudConfig ??= findCloudConfig(settings.sources);
  return findings.cloudConfig;
}

/**
 * The VM's switch, opened once.
 * @throws OvnDockerError `E_SWITCH`
 */
export function openSwitch({ settings, findings, connections }: DoctorContext): Promise<VmSwitch> {
  const { remote, bridge } = settings.config.ovs;
  findings.openedSwitch ??= VmSwitch.open(remote, bridge).then((opened) => connections.use(opened));
  return findings.openedSwitch;
}
