import type { CommandResult } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { isCalm, type Model, type NetworkName } from './model.ts';
import type { World } from './world.ts';

/** What a user sees of a failure: a code of ours, or what came of dockerd's trying again at the next agent (scenario 17). */
const EXPLAINED = /\[E_[A-Z_]+\]|the body is not as expected/;

/**
 * Whether commands must succeed that need one more NIC on each of these networks: always when nothing is wrong, and during an
 * outage when there is a warm one for each.
 */
export async function mustSucceed(
  model: Readonly<Model>,
  world: World,
  on: readonly NetworkName[],
): Promise<boolean> {
  if (isCalm(model)) return true;
  if (model.agent !== 'up' || model.crashPoint !== undefined) return false;
  for (const network of new Set(on)) {
    const needed = on.filter((one) => one === network).length;
    if ((await world.warm(network)) < needed) return false;
  }
  return true;
}

/** Returns whether it has succeeded; one that must succeed has, and one that has not says why. */
export function isDone({ code, stderr }: CommandResult, must: boolean): boolean {
  if (must) expect(code, stderr).toBe(0);
  if (code !== 0) expect(stderr).toMatch(EXPLAINED);
  return code === 0;
}
