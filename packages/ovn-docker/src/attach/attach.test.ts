import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { STAGE_CHANNEL, type StageEvent } from '../observe/stage-events.ts';
import { attach, detach } from './attach.ts';

/** The stages that had something to do. */
const worked: string[] = [];
const onStage = (message: unknown) => {
  const { stage, direction, hasWork } = message as StageEvent;
  if (hasWork) worked.push(`${direction} ${stage}`);
};
beforeEach(() => {
  worked.length = 0;
  subscribe(STAGE_CHANNEL, onStage);
});
afterEach(() => unsubscribe(STAGE_CHANNEL, onStage));

it('only the stages that had something to do say so', async () => {
  const world = await createWarmWorld(1);
  const made = ['choose VLAN', 'create port', 'add subport', 'make veth', 'plug port'];
  expect(worked).toEqual(made.map((stage) => `up ${stage}`));

  const nic = await claimOne(world);
  worked.length = 0;
  await attach([nic], world.vm, 'enter container');
  expect(worked).toEqual([]);

  await detach([nic], world.vm);
  expect(worked).toEqual(made.toReversed().map((stage) => `down ${stage}`));
  worked.length = 0;
  await detach([nic], world.vm);
  expect(worked).toEqual([]);
});
