/** One step of raising the lab; the list of them is what a newcomer reads first (`up.ts`). */
export interface Step {
  readonly name: string;
  run(): Promise<void>;
}

export type Progress = (name: string, seconds: number) => void;

/** Runs the steps in order; the steps of an inner list run side by side. */
export async function runSteps(
  steps: readonly (Step | readonly Step[])[],
  progress: Progress,
): Promise<void> {
  for (const step of steps) {
    const together = Array.isArray(step) ? (step as readonly Step[]) : [step as Step];
    const outcomes = await Promise.allSettled(together.map((one) => runStep(one, progress)));
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
  }
}

async function runStep(step: Step, progress: Progress): Promise<void> {
  const started = performance.now();
  await step.run();
  progress(step.name, (performance.now() - started) / 1000);
}
