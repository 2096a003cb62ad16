import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';

/** Path of the repository, for the sources in lab/src as well as for the bundle in lab/dist. */
export const repository = resolve(import.meta.dirname, '../..');

/**
 * Directories of a lab. Sockets and process ids are below /run, because a Unix socket's path is limited to
 * 107 bytes and the path of a clone may be long; everything else is in the repository.
 */
export interface Layout {
  readonly name: string;
  /** /run/ovn-lab/NAME */
  readonly run: string;
  /** .lab/NAME */
  readonly data: string;
  /** .lab/cache, which all labs share and `down` keeps */
  readonly cache: string;
}

export const RUN_ROOT = '/run/ovn-lab';

/** Returns the directories of a lab. @throws LabError `LAB_NAME` */
export function layoutOf(name: string): Layout {
  if (!/^[a-z][a-z0-9]{0,7}$/.test(name))
    throw new LabError('LAB_NAME', `"${name}" is not a valid name of a lab`);
  return {
    name,
    run: join(RUN_ROOT, name),
    data: join(repository, '.lab', name),
    cache: join(repository, '.lab', 'cache'),
  };
}

/** Paths and names of a lab's machine on this computer. */
export interface MachinePlaces {
  /** Path of the machine's /run on this computer. */
  readonly run: string;
  /** Path of the directory of all other files that the machine writes, on this computer. */
  readonly data: string;
  readonly logs: string;
  readonly netnsName: string;
  readonly netns: string;
  /** File with the process id and start time of the machine's first process. */
  readonly keeperFile: string;
  /** Name of the machine's control groups. */
  readonly cgroup: string;
}

/** Returns the paths and names of a machine. */
export function placesOf(layout: Layout, machine: string): MachinePlaces {
  const netnsName = `${layout.name}-${machine}`;
  return {
    run: join(layout.run, machine),
    data: join(layout.data, machine),
    logs: join(layout.data, machine, 'log'),
    netnsName,
    netns: `/run/netns/${netnsName}`,
    keeperFile: join(layout.run, `${machine}.keeper`),
    cgroup: `ovn-lab-${netnsName}`,
  };
}
