import { asOvnDockerError } from '../../errors.ts';
import { writeToStderr } from '../../observe/journal.ts';

/** Prints message, code and hint of an error; with `debug`, also the stacks of the error and its causes. */
export function reportError(thrown: unknown, debug: boolean): void {
  const error = asOvnDockerError(thrown);
  writeToStderr('error', `ovn-docker: ${error.message} [${error.code}]\n  hint: ${error.hint}\n`);
  if (!debug) return;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    writeToStderr('error', `${cause.stack}\n`);
  }
}
