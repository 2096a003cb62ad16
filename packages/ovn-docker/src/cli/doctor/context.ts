import type { Rtnetlink } from '@ovn-docker/netlink';
import type { IssuedToken, Port } from '@ovn-docker/openstack';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import type { VmSwitch } from '../../clients/vm-switch.ts';
import type { ParentMode } from '../../vm/parent-link/parent-mode.ts';
import type { Settings } from '../settings.ts';

/** What the checks of doctor work with. */
export interface DoctorContext {
  readonly settings: Settings;
  readonly netlink: Rtnetlink;
  /** Filled by the checks as they run. */
  readonly findings: Partial<Findings>;
  /** Connections that a check opens and a later check uses. */
  readonly connections: AsyncDisposableStack;
}

/** What earlier checks leave for later ones. */
export interface Findings {
  cloud: Cloud;
  token: IssuedToken;
  mode: ParentMode;
  /** The VM's own Neutron port. */
  parent: Port;
  vmSwitch: VmSwitch;
}

/** Returns what an earlier check has found. */
export function requireFinding<Name extends keyof Findings>(
  { findings }: Pick<DoctorContext, 'findings'>,
  name: Name,
): Findings[Name] {
  const finding = findings[name];
  if (finding === undefined) throw new Error(`no earlier check has found: ${name}`);
  return finding;
}
