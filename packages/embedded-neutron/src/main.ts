#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { loadConfig } from './config.ts';
import { ProgramError } from './errors.ts';
import { hashPassword } from './identity/password.ts';
import { openLog } from './log.ts';
import { serve } from './serve.ts';

const program = new Command('embedded-neutron').description(
  'serve Keystone v3 and Neutron v2.0 from an OVN Northbound database',
);

program
  .command('serve')
  .description('serve the APIs until SIGTERM or SIGINT')
  .requiredOption('--config <file>', 'YAML configuration')
  .action(async ({ config: path }: { config: string }) => {
    const config = await loadConfig(path);
    const service = await serve(config, openLog(config.log_level));
    const { identityUrl: identity, networkUrl: network, metadataUrl: metadata, healthUrl: health } = service;
    process.stdout.write(`${JSON.stringify({ ready: true, identity, network, metadata, health })}\n`);
    process.on('SIGHUP', () => void service.reload());
    await new Promise((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
    await service.close();
  });

program
  .command('hash-password')
  .description('read a password from standard input and print its hash for the configuration')
  .action(async () => {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new ProgramError('PASSWORD_EMPTY', 'standard input contains no password');
    process.stdout.write(`${await hashPassword(password)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  const known = error instanceof ProgramError;
  const lines = known
    ? [`embedded-neutron: ${error.code}: ${error.message}`, `hint: ${error.hint}`]
    : [`embedded-neutron: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}
