import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, expect, it } from 'vitest';
import { observeStage, STAGE_CHANNEL, type StageEvent } from './stage-events.ts';

const nics = [{ id: 'nic-1' }];
const log: string[] = [];
const onStage = (message: unknown) => {
  const { stage, direction, moment, milliseconds } = message as StageEvent;
  log.push(`${stage} ${direction} ${moment}`);
  expect(moment === 'before' ? milliseconds === 0 : milliseconds > 0).toBe(true);
};
afterEach(() => {
  unsubscribe(STAGE_CHANNEL, onStage);
  log.length = 0;
});

it('publishes start and end synchronously: a listener can end the process there', async () => {
  subscribe(STAGE_CHANNEL, onStage);
  await observeStage('plug port', 'up', nics, async () => log.push('work') > 0);
  expect(log).toEqual(['plug port up before', 'work', 'plug port up after']);
});

it('publishes the failure of a stage, and rejects with its error', async () => {
  subscribe(STAGE_CHANNEL, onStage);
  const failing = observeStage('plug port', 'down', nics, () => Promise.reject(new Error('no switch')));
  await expect(failing).rejects.toThrow('no switch');
  expect(log).toEqual(['plug port down before', 'plug port down failed']);
});

it('runs the stage without listeners', async () => {
  await observeStage('plug port', 'up', nics, async () => log.push('work') > 0);
  expect(log).toEqual(['work']);
});
