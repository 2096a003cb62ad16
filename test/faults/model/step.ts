import type { AsyncCommand } from 'fast-check';
import { holdInvariants } from './invariants.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** One thing that somebody does, or that happens. */
export interface StepSpec {
  /** With its arguments, for the report of a failure. */
  readonly name: string;
  isPossible(model: Readonly<Model>): boolean;
  /** Does it, checks what its user is told, and changes the model accordingly. */
  act(model: Model, world: World): Promise<void>;
}

/** A command for fast-check, after which every invariant is checked that can hold at that time. */
export function step({ name, isPossible, act }: StepSpec): AsyncCommand<Model, World> {
  return {
    check: (model) => isPossible(model),
    async run(model, world) {
      world.log(`step ${name}`);
      await act(model, world);
      await holdInvariants(model, world);
    },
    toString: () => name,
  };
}
