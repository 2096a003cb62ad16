import type { AsyncCommand } from 'fast-check';
import { checkInvariants } from './invariants.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** One action of a user or of another client, or one failure. */
export interface StepSpec {
  /** The name with its arguments, for the report of a failure. */
  readonly name: string;
  isPossible(model: Readonly<Model>): boolean;
  /** Acts on the world, checks the results that a user sees, and changes the model accordingly. */
  act(model: Model, world: World): Promise<void>;
}

/** A command for fast-check that checks the invariants after the step. */
export function step({ name, isPossible, act }: StepSpec): AsyncCommand<Model, World> {
  return {
    check: (model) => isPossible(model),
    async run(model, world) {
      world.log(`step ${name}`);
      await act(model, world);
      await checkInvariants(model, world);
    },
    toString: () => name,
  };
}
