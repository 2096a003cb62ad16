import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Lab } from './lab.ts';
import type { Machine } from './machine/machine.ts';

/** A line of `lab status`. */
export interface MachineStatus {
  readonly machine: string;
  readonly up: boolean;
  /** IPv4 addresses in CIDR notation. */
  readonly addresses: string[];
  readonly programs: string[];
}

/** Returns the addresses and programs of each machine. */
export function statusOf(lab: Lab): MachineStatus[] {
  return lab.machines.map((machine) => {
    if (!machine.isUp) return { machine: machine.name, up: false, addresses: [], programs: [] };
    using netlink = machine.netlink();
    const addresses = netlink
      .addresses()
      .filter(({ scope, family }) => scope === 'global' && family === 4)
      .map(({ cidr }) => cidr);
    return { machine: machine.name, up: true, addresses, programs: programsIn(machine) };
  });
}

/** Returns the programs in the machine's process-id namespace, without its first process. */
function programsIn(machine: Machine): string[] {
  const namespace = readlinkSync(`/proc/${machine.pid}/ns/pid`);
  const programs = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== machine.pid)
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/ns/pid`) !== namespace) return [];
        return [programName(pid)];
      } catch {
        return []; // The process has just ended.
      }
    });
  return [...new Set(programs)].sort();
}

/** Returns a process's command; for a Node program its script, because Node names its thread "MainThread". */
function programName(pid: string): string {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  if (name !== 'MainThread') return name;
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return basename(words.find((word) => word.endsWith('.js')) ?? name, '.js');
}
