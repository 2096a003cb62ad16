import { buildProgram } from './cli.ts';
import { LabError } from './errors.ts';

// `lab status | head`: whoever reads no more has seen enough.
process.stdout.on('error', () => process.exit());

try {
  await buildProgram().parseAsync();
} catch (error) {
  if (error instanceof LabError) {
    process.stderr.write(`lab: ${error.message} [${error.code}]\n  hint: ${error.hint}\n`);
  } else {
    process.stderr.write(`lab: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exitCode = 1;
}
