import { asOvnDockerError } from '../../errors.ts';
import { writeToStderr } from '../../observe/journal.ts';
import { visibleLines } from './visible.ts';

/** Prints message, code and hint of an error; with `debug`, also the stacks of the error and its causes. */
export function reportError(thrown: unknown, debug: boolean): void {
  const error = asOvnDockerError(thrown);
  const text = `ovn-docker: ${error.message} [${error.code}]\n  hint: ${error.hint}\n`;
  writeToStderr('error', visibleLines(text));
  if (!debug) return;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    writeToStderr('error', visibleLines(`${cause.stack}\n`));
  }
}
