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
 * Random sequences of users' commands, crashes, outages and other clients' changes. After each step the
 * invariants of model/invariants.ts must hold; the possible steps are in model/steps.ts.
 */
let world: World;

beforeAll(async () => {
  world = await World.raise(openLab(LAB));
});
afterAll(() => world.end());

it(
  'the invariants hold after every step of a random sequence',
  async () => {
    // fast-check reports the seed too, except when the test exceeds its time.
    onTestFailed(() => console.error(`MODEL='{"seed": ${bounds.seed}}' repeats this run`));
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
