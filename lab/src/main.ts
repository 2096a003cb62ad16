#!/usr/bin/env node
import { buildProgram } from './cli.ts';
import { LabError } from './errors.ts';

// The reader of `lab status | head` closes the pipe early.
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
