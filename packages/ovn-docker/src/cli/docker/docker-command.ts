import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { type ErrorCode, errorTable, OvnDockerError } from '../../errors.ts';

/** The outcome of a Docker command. */
export interface DockerResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of the docker command, unless it is this program's. */
let environment: NodeJS.ProcessEnv = process.env;

/** Has the docker command use this socket from now on, whatever its own variables say. */
export function useDocker(host: string): void {
  const { DOCKER_TLS: _, DOCKER_TLS_VERIFY: __, DOCKER_CERT_PATH: ___, ...others } = process.env;
  environment = { ...others, DOCKER_HOST: host };
}

/** Runs the `docker` command and collects what it prints. */
export async function docker(args: readonly string[]): Promise<DockerResult> {
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const code = await exitCode(child);
  return { code, stdout: await stdout, stderr: await stderr };
}

/**
 * Runs `docker start --attach` on this terminal. Of its stderr, returns the errors of the Docker daemon for
 * the caller to report, and prints the rest, which the container wrote.
 * @param sigProxy whether signals reach the container. If false, a signal ends this program and the docker
 * command, and the container keeps running. `docker start` has no option `--sig-proxy`, so the docker command
 * runs in a session of its own, where no signal of the terminal reaches it.
 */
export async function dockerOnTerminal(
  args: readonly string[],
  { sigProxy }: { sigProxy: boolean },
): Promise<DockerResult> {
  const child = spawn('docker', args, {
    stdio: ['inherit', 'inherit', 'pipe'],
    detached: !sigProxy,
    env: environment,
  });
  // Without a listener, a signal would end this program, and its exit code would not be the container's.
  if (sigProxy) {
    for (const signal of proxied) process.on(signal, () => passOn(child, signal));
  }
  if (!sigProxy) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        // The docker command would pass SIGTERM on to the container; it cannot catch SIGKILL.
        child.kill('SIGKILL');
        process.exit(128 + constants.signals[signal]);
      });
    }
  }
  const code = exitCode(child);
  let stderr = '';
  for await (const chunk of child.stderr.setEncoding('utf8') as AsyncIterable<string>) {
    if (/^(Error response from daemon: |time=.* msg="error waiting for container)/.test(chunk))
      stderr += chunk;
    else process.stderr.write(chunk);
  }
  return { code: await code, stdout: '', stderr };
}

/** The signals with which people and programs end a command. */
const proxied = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** A terminal has sent its signals to the docker command, too, and a container must not get them twice. */
function passOn(child: ChildProcess, signal: (typeof proxied)[number]): void {
  const isFromTerminal = signal !== 'SIGTERM' && [0, 1, 2].some((fd) => isatty(fd));
  if (!isFromTerminal) child.kill(signal);
}

/** Limit in characters: Docker's message can contain text of a registry or of another plugin. */
const LONGEST_MESSAGE = 8192;

/**
 * Translates the failure of a Docker command: the daemon does not answer, ovn-docker's driver returned an
 * error, or the image is missing; for any other failure, the error has Docker's own message.
 */
export function dockerRefusal(result: DockerResult, image?: string): OvnDockerError {
  const message = result.stderr
    .slice(0, LONGEST_MESSAGE)
    .trim()
    .replace(/\n?See 'docker .*--help'\.?$/m, '');
  if (/Cannot connect to the Docker daemon|dial unix .*(no such file|connection refused)/.test(message)) {
    return new OvnDockerError('E_DOCKER_NOT_RUNNING', 'the Docker daemon does not answer');
  }
  // dockerd puts a prefix before the driver's error.
  const [, reason = '', code = '', hint = ''] =
    /(?:remote|(?:NetworkDriver|IpamDriver)\.\w+): (.*) \[(E_[A-Z_]+)\]; (.*)/.exec(message) ?? [];
  if (code in errorTable) return new OvnDockerError(code as ErrorCode, reason, { hint });
  if (/Unable to find image|No such image|pull access denied|manifest unknown/.test(message)) {
    return new OvnDockerError(
      'E_IMAGE_MISSING',
      `image "${image}" is not on this machine and could not be pulled`,
    );
  }
  return new OvnDockerError(
    'E_DOCKER_FAILED',
    message || `the docker command exited with code ${result.code}`,
  );
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new OvnDockerError('E_DOCKER_FAILED', `cannot run docker: ${error.message}`, {
          cause: error,
          hint: 'install Docker’s command line; `docker` must be in PATH',
        }),
      ),
    );
    child.once('close', (code, signal) => resolve(code ?? (signal ? 137 : 1)));
  });
}
