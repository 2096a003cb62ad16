#!/usr/bin/env node
import { buildProgram } from './commands/program.ts';
import { BrokerError } from './errors.ts';

try {
  await buildProgram().parseAsync();
} catch (error) {
  const lines =
    error instanceof BrokerError
      ? [`ovn-docker-broker: ${error.code}: ${error.message}`, `hint: ${error.hint}`]
      : [
          `ovn-docker-broker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          'hint: this is a bug of ovn-docker; please report it',
        ];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}
