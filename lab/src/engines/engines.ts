import type { vms } from '../topology.ts';

/**
 * The Docker engines that a lab's VMs can run: Debian 12's own, which is installed on this computer, and
 * those of later Debian releases, which are unpacked beside it. The option `--engine` and the tests' variable
 * ENGINE choose one by its first numbers.
 */
export const engineNames = ['20.10', '26', '28'] as const;

export type EngineName = (typeof engineNames)[number];

/** The engine of a VM for which the user names none. */
export const DEFAULT_ENGINE = '20.10' as const satisfies EngineName;

/** The Debian releases of the engines that this computer does not have. */
export const suites: Readonly<Record<Exclude<EngineName, typeof DEFAULT_ENGINE>, string>> = {
  '26': 'trixie',
  '28': 'sid',
};

/** Which engine each VM runs. */
export type Engines = Readonly<Record<(typeof vms)[number]['name'], EngineName>>;
