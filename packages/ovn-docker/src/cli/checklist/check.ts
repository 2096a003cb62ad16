import type { Rtnetlink } from '@ovn-docker/netlink';
import type { Extension, IssuedToken, Port } from '@ovn-docker/openstack';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import type { VmSwitch } from '../../clients/vm-switch.ts';
import type { ParentMode } from '../../vm/parent-link/parent-mode.ts';
import type { Settings } from '../settings.ts';

/** What the links have found so far; each one needs only what stands before it in the chain. */
export interface Findings {
  cloud: Cloud;
  token: IssuedToken;
  extensions: readonly Extension[];
  mode: ParentMode;
  /** The VM's own Neutron port. */
  parent: Port;
  vmSwitch: VmSwitch;
}

/** What every link works with. */
export interface Patient {
  readonly settings: Settings;
  readonly netlink: Rtnetlink;
  readonly found: Partial<Findings>;
  /** Closes what the links have opened. */
  readonly closing: AsyncDisposableStack;
}

/** What a link saw when nothing is wrong with it. */
export interface Sight {
  readonly facts: readonly string[];
  /** It could not be tried, for a reason that is no fault; the facts say it. */
  readonly isSkipped?: boolean;
}

/** One link of the chain from the credential to a NIC. */
export interface Link {
  readonly name: string;
  /** @throws what is wrong, as an OvnDockerError or as an error of one of the clients */
  look(patient: Patient): Promise<Sight>;
}

/** What an earlier link has found. */
export function need<K extends keyof Findings>({ found }: Patient, what: K): Findings[K] {
  const value = found[what];
  if (value === undefined) throw new Error(`no link before this one has found: ${what}`);
  return value;
}
