/** A step of raising the lab. `up.ts` has the list of them. */
export interface Step {
  readonly name: string;
  run(): Promise<void>;
}

/** Called after each step with its duration. */
export type Progress = (name: string, seconds: number) => void;

/** Runs the steps in order; the steps of an inner list run concurrently. */
export async function runSteps(
  steps: readonly (Step | readonly Step[])[],
  progress: Progress,
): Promise<void> {
  for (const step of steps) {
    const group = Array.isArray(step) ? (step as readonly Step[]) : [step as Step];
    const outcomes = await Promise.allSettled(group.map((member) => runStep(member, progress)));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
  }
}

async function runStep(step: Step, progress: Progress): Promise<void> {
  const started = performance.now();
  await step.run();
  progress(step.name, (performance.now() - started) / 1000);
}
