import { asOvnDockerError } from '../../errors.ts';

/** Prints an error for a person: what happened, its code, what to do. The stack only when asked for. */
export function reportError(thrown: unknown, debug: boolean): void {
  const error = asOvnDockerError(thrown);
  process.stderr.write(`ovn-docker: ${error.message} [${error.code}]\n  hint: ${error.hint}\n`);
  if (!debug) return;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    process.stderr.write(`${cause.stack}\n`);
  }
}
