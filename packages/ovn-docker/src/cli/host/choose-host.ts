import { parseSshHost, type SshHost } from '../../clients/vm-sockets/ssh-host.ts';
import { OvnDockerError } from '../../errors.ts';
import type { GlobalOptions } from '../global-options.ts';
import { currentContext, hostOfContext } from './docker-context.ts';

/** The VM that a command is for. */
export type ChosenHost =
  | {
      readonly kind: 'this VM';
      /** Docker's socket as a URL, if an option names one; otherwise the docker command finds it itself. */
      readonly docker?: string;
    }
  | { readonly kind: 'ssh'; readonly ssh: SshHost };

/**
 * Chooses the VM as the docker command does: `--context` or `--host`, then DOCKER_HOST, DOCKER_CONTEXT, and
 * the context of `docker context use`.
 * @throws OvnDockerError `E_USAGE`, `E_HOST`
 */
export async function chooseHost(
  { host: hosts = [], context }: Pick<GlobalOptions, 'host' | 'context'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ChosenHost> {
  if (hosts.length > 0 && context !== undefined)
    throw new OvnDockerError('E_USAGE', 'conflicting options: cannot specify both --host and --context');
  if (hosts.length > 1) throw new OvnDockerError('E_USAGE', 'specify only one --host');
  if (hosts[0] !== undefined) return readHost(hosts[0]);
  if (context !== undefined) return context === 'default' ? ofDefault(env) : ofContext(context, env);
  if (env['DOCKER_HOST']) return ofDefault(env);
  const chosen = env['DOCKER_CONTEXT'] || (await currentContext(env)) || 'default';
  return chosen === 'default' ? ofDefault(env) : ofContext(chosen, env);
}

async function ofContext(name: string, env: NodeJS.ProcessEnv): Promise<ChosenHost> {
  const host = await hostOfContext(name, env);
  return host === undefined ? { kind: 'this VM' } : readHost(host);
}

/** Docker's context `default` is what DOCKER_HOST says. */
function ofDefault(env: NodeJS.ProcessEnv): ChosenHost {
  const host = env['DOCKER_HOST'];
  return host ? readHost(host) : { kind: 'this VM' };
}

function readHost(text: string): ChosenHost {
  if (text.startsWith('ssh:')) return { kind: 'ssh', ssh: parseSshHost(text) };
  if (text.startsWith('unix://')) return { kind: 'this VM', docker: text };
  if (text.trim() === '') throw new OvnDockerError('E_USAGE', '--host is empty');
  const scheme = /^[a-z]+:\/\//.exec(text)?.[0];
  // The text may contain a password.
  const what = scheme === undefined ? 'a host without ssh://' : `a host with ${scheme}`;
  throw new OvnDockerError('E_HOST', `${what} leads to Docker, but not to the agent of the VM`);
}
