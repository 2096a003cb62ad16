import type { CommandResult } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { isCalm, type Model, type NetworkName } from './model.ts';
import type { World } from './world.ts';

/**
 * Errors that a user may see: the agent's error code, or the next agent's answer to dockerd's retry (scenario
 * 17).
 */
const EXPLAINED = /\[E_[A-Z_]+\]|the body is not as libnetwork sends it/;

/**
 * Whether commands that need one more NIC on each of these networks must succeed: always when nothing is
 * wrong, and during an outage if there is a warm NIC for each.
 */
export async function mustSucceed(
  model: Readonly<Model>,
  world: World,
  needs: readonly NetworkName[],
): Promise<boolean> {
  if (isCalm(model)) return true;
  if (model.agent !== 'up' || model.crashPoint !== undefined) return false;
  for (const network of new Set(needs)) {
    const needed = needs.filter((name) => name === network).length;
    if ((await world.warm(network)) < needed) return false;
  }
  return true;
}

/** Whether a command succeeded. Expects success if `isRequired`, and an explained error after a failure. */
export function hasSucceeded({ code, stderr }: CommandResult, isRequired: boolean): boolean {
  if (isRequired) expect(code, stderr).toBe(0);
  if (code !== 0) expect(stderr).toMatch(EXPLAINED);
  return code === 0;
}
