import type { Machine } from '../machine/machine.ts';
import type { ManagerName, Names, PersistentChange } from '../network-managers/network-manager.ts';
import type { AgentFiles } from './agent-files.ts';

/** What init has found out and will do. */
export interface Plan {
  readonly names: Names;
  /** MAC address and MTU of the uplink. */
  readonly mac: string;
  readonly mtu: number;
  readonly datapathType: string;
  /** Remote of the Open_vSwitch database. */
  readonly remote: string;
  readonly manager: ManagerName;
  readonly change: PersistentChange;
  readonly agentFiles: AgentFiles;
  /** The URLs that must be reachable afterwards. */
  readonly apis: readonly string[];
  /** Rules of the VM's firewall that name the uplink. */
  readonly firewallRules: readonly string[];
}

/** What a step needs to undo its work, in a process that may have no plan. */
export interface UndoContext {
  readonly machine: Machine;
  readonly names: Names;
  readonly manager: ManagerName;
  readonly remote: string;
}

/**
 * One step of `ovn-docker init`. Every `do` may run twice. Every `undo` works from what exists, also when
 * `do` was interrupted or never ran, and may run twice.
 */
export interface Step<Before = unknown> {
  readonly name: string;
  /** What `do` would change, for the plan. */
  describe(plan: Plan): readonly string[];
  /** Whether nothing is left to do. */
  isDone(machine: Machine, plan: Plan): Promise<boolean>;
  /** What `undo` has to restore, as JSON. It is on the disk before the first step changes anything. */
  remember(machine: Machine, plan: Plan): Promise<Before>;
  /** Returns facts for the report. */
  do(machine: Machine, plan: Plan): Promise<readonly string[]>;
  /** Returns facts for the report, such as what of the user's it has kept. */
  undo(context: UndoContext, before: Before): Promise<readonly string[] | undefined>;
  /** Combines what two runs of init remember. Default: what the first one does. */
  merge?(older: Before, newer: Before): Before;
}
