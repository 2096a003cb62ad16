import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Lab } from './lab.ts';
import type { Machine } from './machine/machine.ts';

export interface MachineStatus {
  readonly machine: string;
  readonly up: boolean;
  readonly addresses: string[];
  readonly programs: string[];
}

/** What runs in each machine, and its addresses. */
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

/** Names of the programs in the machine's process-id namespace, without its first process. */
function programsIn(machine: Machine): string[] {
  const namespace = readlinkSync(`/proc/${machine.pid}/ns/pid`);
  const programs = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== machine.pid)
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/ns/pid`) !== namespace) return [];
        return [programName(pid)];
      } catch {
        return []; // It ended while we looked.
      }
    });
  return [...new Set(programs)].sort();
}

/** The command, or for a Node program the name of its script: Node calls its own thread "MainThread". */
function programName(pid: string): string {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  if (name !== 'MainThread') return name;
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return basename(words.find((word) => word.endsWith('.js')) ?? name, '.js');
}
