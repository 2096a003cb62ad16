import type { CommandResult } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { isCalm, type Model, type NetworkName } from './model.ts';
import type { World } from './world.ts';

/** What a user sees of a failure: a code of ours, or what came of dockerd's trying again at the next agent (scenario 17). */
const EXPLAINED = /\[E_[A-Z_]+\]|the body is not as expected/;

/**
 * Whether a command that needs one more NIC on each of these networks must succeed: always when nothing is wrong, and during an outage
 * when there is a warm one.
 */
export async function mustSucceed(
  model: Readonly<Model>,
  world: World,
  on: Iterable<NetworkName>,
): Promise<boolean> {
  if (isCalm(model)) return true;
  if (model.agent !== 'up' || model.crashPoint !== undefined) return false;
  for (const network of on) if ((await world.warm(network)) === 0) return false;
  return true;
}

/** Returns whether it has succeeded; one that must succeed has, and one that has not says why. */
export function isDone({ code, stderr }: CommandResult, must: boolean): boolean {
  if (must) expect(code, stderr).toBe(0);
  if (code !== 0) expect(stderr).toMatch(EXPLAINED);
  return code === 0;
}
