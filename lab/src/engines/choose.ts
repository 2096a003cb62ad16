import { vms } from '../topology.ts';
import { DEFAULT_ENGINE, type EngineName, type Engines, engineNames } from './engines.ts';

/** Returns engines of which every VM runs the same. */
export function everyVm(engine: EngineName): Engines {
  return Object.fromEntries(vms.map(({ name }) => [name, engine])) as Engines;
}

/** The engines of a lab whose user names none. */
export const defaultEngines = everyVm(DEFAULT_ENGINE);

/**
 * Adds one value of `--engine` to the values before it: `28` for every VM, `vm-b=26` for one. Returns
 * undefined for a value that is neither.
 */
export function chooseEngine(value: string, before: Engines): Engines | undefined {
  const [, vm, engine = ''] = /^(?:([^=]*)=)?(.*)$/.exec(value) ?? [];
  const known = engineNames.find((name) => name === engine);
  if (!known) return undefined;
  if (vm === undefined) return everyVm(known);
  return Object.hasOwn(before, vm) ? { ...before, [vm]: known } : undefined;
}
