import { openLab } from '@ovn-docker/lab';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { bounds } from './model/bounds.ts';
import { newModel } from './model/model.ts';
import { steps } from './model/steps.ts';
import { tidy } from './model/tidy.ts';
import { World } from './model/world.ts';
import { LAB } from './raise-lab.ts';

/**
 * Whatever users, crashes, outages and other clients do, in any order: what the engine promises holds after each step. The promises
 * are in model/invariants.ts, what may happen in model/steps.ts.
 */
let world: World;

beforeAll(async () => {
  world = await World.raise(openLab(LAB));
});
afterAll(() => world.end());

it(
  'after every step of any interleaving the invariants hold',
  async () => {
    // fast-check says it too, unless the time is up before it can.
    onTestFailed(() => console.error(`MODEL='{"seed": ${bounds.seed}}' tries the same again`));
    const { maxCommands, replayPath, ...parameters } = bounds;
    const commands = fc.commands([steps], {
      maxCommands,
      size: 'max',
      ...(replayPath ? { replayPath } : {}),
    });
    const property = fc.asyncProperty(commands, async (sequence) => {
      const model = newModel();
      world.begin();
      try {
        await fc.asyncModelRun(() => ({ model, real: world }), sequence);
        await tidy(model, world);
      } catch (error) {
        process.stderr.write(world.story());
        await tidy(model, world).catch(() => undefined);
        throw error;
      }
    });
    await fc.assert(property, parameters);
    expect(await world.lostPings()).toEqual([]);
  },
  bounds.timeoutMs,
);
