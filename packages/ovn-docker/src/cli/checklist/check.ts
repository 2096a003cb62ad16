/** What a check found when nothing is wrong. */
export interface CheckResult {
  readonly facts: readonly string[];
  /** Whether the check could not run although nothing is wrong. The facts name the reason. */
  readonly isSkipped?: boolean;
}

/** One item of a checklist. All checks of a list share one context. */
export interface Check<Context> {
  readonly name: string;
  /** @throws an OvnDockerError or an error of a client, which says what is wrong */
  run(context: Context): Promise<CheckResult>;
}
