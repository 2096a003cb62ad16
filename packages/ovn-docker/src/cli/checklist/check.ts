/** What a check found when nothing is wrong. */
export interface CheckResult {
  readonly facts: readonly string[];
  /** The check could not be run, for a reason that is no fault; the facts name the reason. */
  readonly isSkipped?: boolean;
}

/** One item of a checklist. The context holds what all checks of the list work with. */
export interface Check<Context> {
  readonly name: string;
  /** @throws what is wrong, as an OvnDockerError or as an error of one of the clients */
  run(context: Context): Promise<CheckResult>;
}
