/** A successful step; `verified` says in a few words what was verified. */
export interface StepResult {
  readonly step: string;
  readonly seconds: number;
  readonly verified: string;
}

/** Prints each step when it ends, as text or as JSON lines. */
export class Report {
  readonly #json: boolean;
  #steps = 0;
  readonly #started = performance.now();

  constructor(json: boolean) {
    this.#json = json;
  }

  /** Runs a step and prints what it verified. If it fails, prints and rethrows its error. */
  async step(name: string, run: () => Promise<string>): Promise<void> {
    const started = performance.now();
    const seconds = () => Number(((performance.now() - started) / 1000).toFixed(2));
    try {
      this.#print({ step: name, seconds: seconds(), verified: await run() }, started);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.#json) this.#line({ step: name, ok: false, seconds: seconds(), error: message });
      else process.stdout.write(`FAILED  ${name}\n        ${message.replaceAll('\n', '\n        ')}\n`);
      throw error;
    }
  }

  /** Prints what the lab has done in the meantime; this is not a step. */
  progress(name: string, seconds: number): void {
    if (this.#json) this.#line({ progress: name, seconds: Number(seconds.toFixed(2)) });
    else process.stdout.write(`        ${name} (${seconds.toFixed(2)} s)\n`);
  }

  /** Prints the number of steps and, as text, some closing words. */
  end(words: string): void {
    const seconds = Number(((performance.now() - this.#started) / 1000).toFixed(1));
    if (this.#json) this.#line({ done: true, ok: true, steps: this.#steps, seconds });
    else process.stdout.write(`\n${this.#steps} steps verified in ${seconds} s\n${words}\n`);
  }

  #print({ step, verified }: StepResult, started: number): void {
    this.#steps++;
    const seconds = Number(((performance.now() - started) / 1000).toFixed(2));
    if (this.#json) this.#line({ step, ok: true, seconds, verified });
    else process.stdout.write(`${seconds.toFixed(2).padStart(6)} s  ${step}\n          ✓ ${verified}\n`);
  }

  #line(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }
}
