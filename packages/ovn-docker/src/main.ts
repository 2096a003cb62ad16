#!/usr/bin/env node
import { reportError } from './cli/output/report-error.ts';
import { buildProgram } from './cli/program.ts';

// `ovn-docker list networks | head`: head closes the pipe after its last line.
process.stdout.on('error', () => process.exit());

const program = buildProgram();
try {
  await program.parseAsync();
} catch (error) {
  reportError(error, program.opts<{ debug?: boolean }>().debug ?? false);
  process.exitCode = 1;
}
