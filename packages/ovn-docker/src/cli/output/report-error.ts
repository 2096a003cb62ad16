import { asOvnDockerError } from '../../errors.ts';

/** Prints message, code and hint of an error; with `debug`, also the stacks of the error and its causes. */
export function reportError(thrown: unknown, debug: boolean): void {
  const error = asOvnDockerError(thrown);
  process.stderr.write(`ovn-docker: ${error.message} [${error.code}]\n  hint: ${error.hint}\n`);
  if (!debug) return;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    process.stderr.write(`${cause.stack}\n`);
  }
}
