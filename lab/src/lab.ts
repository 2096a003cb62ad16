import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiKind } from './api/api-kind.ts';
import type { Engines } from './engines/engines.ts';
import { LabError } from './errors.ts';
import { type Layout, layoutOf, placesOf } from './layout.ts';
import { Machine } from './machine/machine.ts';
import type { OvnRelease } from './ovn-releases/ovn-releases.ts';
import { type MachineName, machineNames, type Tenant } from './topology.ts';

/** What distinguishes one lab from another. */
export interface LabKind {
  readonly apiKind: ApiKind;
  /** OVN of the cloud, and Open vSwitch of its hypervisors and of the VMs. */
  readonly ovn: OvnRelease;
  readonly engines: Engines;
  /** Whether the VMs have Docker and the agent. If not, they have only a switch. */
  readonly docker: boolean;
  /** Whether agents work through credential brokers on the API host. Then no VM has a credential. */
  readonly broker: boolean;
}

/**
 * What `up` stores for later commands and tests. Only root can read it, because it contains the tenants'
 * secrets.
 */
export interface LabState extends LabKind {
  readonly tenants: Record<Tenant | 'admin', { readonly password: string; readonly projectId: string }>;
  /** The VMs' own Neutron ports, by the name of the VM. */
  readonly vms: Record<string, { readonly portId: string; readonly mac: string; readonly address: string }>;
}

/** A lab, whether it is up or not. */
export class Lab {
  readonly layout: Layout;
  readonly machines: readonly Machine[];

  constructor(name: string) {
    this.layout = layoutOf(name);
    this.machines = machineNames.map((machine) => new Machine(machine, placesOf(this.layout, machine)));
  }

  get name(): string {
    return this.layout.name;
  }

  /** Returns a machine by name. @throws LabError `LAB_MACHINE` */
  machine(name: MachineName | (string & {})): Machine {
    const machine = this.machines.find((candidate) => candidate.name === name);
    if (!machine) throw new LabError('LAB_MACHINE', `there is no machine "${name}"`);
    return machine;
  }

  get stateFile(): string {
    return join(this.layout.data, 'state.json');
  }

  /** Whether `up` has finished and every machine still runs. */
  get isUp(): boolean {
    return existsSync(this.stateFile) && this.machines.every((machine) => machine.isUp);
  }

  /** What `up` stored. @throws LabError `LAB_NOT_UP` */
  get state(): LabState {
    if (!this.isUp) throw new LabError('LAB_NOT_UP', `lab "${this.name}" is not up`);
    return JSON.parse(readFileSync(this.stateFile, 'utf8')) as LabState;
  }

  /** Remote of OVN Northbound, usable from outside the lab. */
  get northbound(): string {
    return `unix:${this.machine('central').places.run}/ovn/ovnnb_db.sock`;
  }

  /** Remote of OVN Southbound, usable from outside the lab. */
  get southbound(): string {
    return `unix:${this.machine('central').places.run}/ovn/ovnsb_db.sock`;
  }

  /** Remote of a machine's Open_vSwitch database, usable from outside the lab. */
  vswitch(machine: MachineName): string {
    return `unix:${this.machine(machine).places.run}/openvswitch/db.sock`;
  }
}

/** Returns a lab that is up. @throws LabError `LAB_NOT_UP` */
export function openLab(name: string): Lab {
  const lab = new Lab(name);
  void lab.state;
  return lab;
}
