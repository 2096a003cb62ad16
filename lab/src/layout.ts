import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';

/** The repository: the bundle lies in lab/dist, the sources in lab/src. */
export const repository = resolve(import.meta.dirname, '../..');

/**
 * Where a lab keeps its files. Sockets and process ids are below /run, because a Unix socket's path is limited to 107
 * bytes and a clone may lie deep; everything else is in the repository.
 */
export interface Layout {
  readonly name: string;
  /** /run/ovn-lab/NAME */
  readonly run: string;
  /** .lab/NAME */
  readonly data: string;
  /** .lab/cache, kept over runs */
  readonly cache: string;
}

export const RUN_ROOT = '/run/ovn-lab';

/** @throws LabError `LAB_NAME` */
export function layoutOf(name: string): Layout {
  if (!/^[a-z][a-z0-9]{0,7}$/.test(name)) throw new LabError('LAB_NAME', `"${name}" is no name for a lab`);
  return {
    name,
    run: join(RUN_ROOT, name),
    data: join(repository, '.lab', name),
    cache: join(repository, '.lab', 'cache'),
  };
}

/** What a machine of a lab has on this computer. */
export interface MachinePlaces {
  /** The machine's /run, as seen from here. */
  readonly run: string;
  /** Everything else that the machine writes. */
  readonly data: string;
  readonly logs: string;
  readonly netnsName: string;
  readonly netns: string;
  /** Process id and start time of the machine's first process. */
  readonly keeperFile: string;
  /** Name of its control groups. */
  readonly cgroup: string;
}

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
