import { randomInt } from 'node:crypto';
import type { Parameters } from 'fast-check';

/** How much is tried; and a former failure to try again: `seed`, `path` and `replayPath` as its report shows them. */
interface Bounds extends Parameters<unknown> {
  /** Steps of one run at most. */
  readonly maxCommands: number;
  readonly seed: number;
  readonly replayPath?: string;
  readonly timeoutMs: number;
}

/** What CI has time for. */
const usual = { numRuns: 3, maxCommands: 25, timeoutMs: 170_000, endOnFailure: true } as const;
const seed = randomInt(2 ** 31);

/**
 * The environment variable MODEL changes them, as JSON: `MODEL='{"numRuns": 50, "maxCommands": 40, "timeoutMs": 3600000}'` for a longer
 * run, `MODEL='{"seed": 1, "path": "0:0", "replayPath": "AAB:F"}'` to see a failure again, `"endOnFailure": false` to have it made smaller.
 */
export const bounds: Bounds = {
  ...usual,
  seed,
  ...(JSON.parse(process.env['MODEL'] ?? '{}') as Partial<Bounds>),
};
