import { buildProgram } from './cli/program.ts';
import { reportError } from './cli/report-error.ts';

const program = buildProgram();
try {
  await program.parseAsync();
} catch (error) {
  reportError(error, program.opts<{ debug?: boolean }>().debug ?? false);
  process.exitCode = 1;
}
