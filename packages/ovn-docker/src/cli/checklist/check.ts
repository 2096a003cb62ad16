/** Something that works now and will do harm, or does harm that stops no container. */
export interface Warning {
  /** What is so, and what follows from it. */
  readonly message: string;
  /** What the user can do about it. */
  readonly hint: string;
}

/** What a check found when nothing is broken. */
export interface CheckResult {
  readonly facts: readonly string[];
  readonly warnings?: readonly Warning[];
  /** Whether the check could not run although nothing is wrong. The facts name the reason. */
  readonly isSkipped?: boolean;
}

/** One item of a checklist. All checks of a list share one context. */
export interface Check<Context> {
  readonly name: string;
  /** @throws an OvnDockerError or an error of a client, which says what is wrong */
  run(context: Context): Promise<CheckResult>;
}
