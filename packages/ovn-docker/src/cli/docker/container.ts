import { docker, dockerOnTerminal, dockerRefusal } from './docker-command.ts';
import type { DockerRunArguments } from './docker-run-arguments.ts';

/** Creates the container of a `docker run` on a Docker network. Returns the container's id. */
export async function createContainer(
  { options, image = '', command }: DockerRunArguments,
  network: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const labelOptions = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  const created = await docker([
    'create',
    ...labelOptions,
    '--network',
    network,
    ...options,
    image,
    ...command,
  ]);
  if (created.code !== 0) throw dockerRefusal(created, image);
  return created.stdout.trim().split('\n').at(-1) ?? '';
}

/** Starts a container in the background. */
export async function startContainer({ image }: DockerRunArguments, id: string): Promise<void> {
  const started = await docker(['start', id]);
  if (started.code !== 0) throw dockerRefusal(started, image);
}

/** Starts a container on this terminal and returns its exit code when it ends. */
export async function startOnTerminal(parsed: DockerRunArguments, id: string): Promise<number> {
  const { sigProxy, detachKeys } = parsed.terminal;
  const keys = detachKeys === undefined ? [] : ['--detach-keys', detachKeys];
  const ended = await dockerOnTerminal(['start', '--attach', ...keys, ...interactive(parsed), id], {
    sigProxy: sigProxy || hasTerminal(parsed),
  });
  if (ended.stderr === '') return ended.code;
  const { stdout: status, code } = await docker(['inspect', '--format', '{{.State.Status}}', id]);
  // A container that never started is still in status "created", or already removed if it has --rm.
  if (code !== 0 || status.trim() === 'created') throw dockerRefusal(ended, parsed.image);
  process.stderr.write(ended.stderr);
  return ended.code;
}

/** Whether the container has a terminal. Ctrl-C then reaches it as input, not as a signal. */
function hasTerminal({ options }: DockerRunArguments): boolean {
  return options.some((option) => option === '--tty' || hasFlag(option, 't'));
}

function interactive({ options }: DockerRunArguments): string[] {
  return options.some((option) => option === '--interactive' || hasFlag(option, 'i'))
    ? ['--interactive']
    : [];
}

/** Whether an option such as `-it` contains a flag. */
function hasFlag(option: string, flag: 'i' | 't'): boolean {
  return /^-[it]+$/.test(option) && option.includes(flag);
}
