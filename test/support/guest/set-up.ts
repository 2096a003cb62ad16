import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, type Guest, repository } from '@ovn-docker/lab';
import { readmeCommands } from './readme.ts';

const readme = readmeCommands();

/** Path of the package that `npm run package` built. */
export function builtPackage(): string {
  const isAgent = (file: string) => /^ovn-docker-agent_.*\.deb$/.test(file);
  const [file, ...others] = readdirSync(join(repository, 'dist')).filter(isAgent);
  if (!file || others.length > 0) throw new Error('dist/ must contain one ovn-docker-agent_*.deb');
  return join(repository, 'dist', file);
}

/** Copies the package into the guest and installs it as the README says. */
export async function installPackage(guest: Guest, deb: string): Promise<void> {
  await guest.copy([deb], '/root');
  await guest.shell(`cd /root; ${readme.install}`, { timeoutMs: 600_000 });
}

/** Runs the README's `ovn-docker init` over ssh, on a terminal, and answers its question with yes. */
export function runInit(guest: Guest): Promise<CommandResult> {
  const command = `cd /root; ${readme.init}`;
  const atTerminal = ['script', '--quiet', '--return', '--command', command, '/dev/null'];
  return guest.run(atTerminal, { input: 'y\n', timeoutMs: 500_000 });
}
