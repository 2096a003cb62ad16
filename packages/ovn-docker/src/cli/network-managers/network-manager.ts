import type { FileChange } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';

/** The two interfaces of init. */
export interface Names {
  readonly uplink: string;
  readonly bridge: string;
}

/** How a program that configures the VM's network gives the bridge what the uplink had. */
export interface PersistentChange {
  /** The program and where it has the uplink's configuration, in words. */
  readonly found: string;
  /** The files that make the change persistent. Empty if they are all as they must be. */
  readonly files: readonly FileChange[];
  /** What init says about the files. */
  readonly notes: readonly string[];
}

/** Why init does not change a configuration, and what the user can do instead. */
export interface Refusal {
  readonly found: string;
  readonly reason: string;
  /** The exact lines for the user, such as commands and contents of files. */
  readonly byHand: readonly string[];
}

/** A program that configures the VM's network at boot. One file of this folder each. */
export interface NetworkManager {
  /** Plans the change; undefined if this program does not manage the uplink. */
  plan(machine: Machine, names: Names): PersistentChange | Refusal | undefined;
  /**
   * Plans that an uplink that no program configures comes up at boot, such as an interface that was attached
   * to the running VM; undefined if this program does not run.
   */
  planUnused?(machine: Machine, names: Names): PersistentChange | undefined;
  /** Whether the running program uses the bridge as its files say. */
  isActive(machine: Machine, names: Names): boolean;
  /** Has the program read the changed files and configure the bridge. @throws OvnDockerError `E_COMMAND` … */
  takeOver(machine: Machine, names: Names): Promise<void>;
  /** Ends what the program does on the bridge, before the bridge disappears. */
  release(machine: Machine, names: Names): Promise<void>;
  /**
   * Has the program read the restored files and configure the uplink.
   * @param isChanged whether files were restored now; otherwise a former attempt may have done so
   */
  restored(machine: Machine, names: Names, isChanged: boolean): Promise<void>;
}

/** The network managers by their names in init's records. */
export type ManagerName = 'networkd' | 'ifupdown' | 'network-manager' | 'none';
