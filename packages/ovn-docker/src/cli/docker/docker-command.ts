import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type ErrorCode, errorTable, OvnDockerError } from '../../errors.ts';

/** How a Docker command ended. */
export interface DockerResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `docker` command and collects what it prints. */
export async function docker(args: readonly string[]): Promise<DockerResult> {
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const code = await exitCode(child);
  return { code, stdout: await stdout, stderr: await stderr };
}

/**
 * Runs `docker start --attach` on this terminal. What the daemon itself refuses comes back in `stderr` and is not shown:
 * it becomes an error of ours. All else that is written to the standard error is the container's, and passes.
 * @param sigProxy false: a signal ends this program and Docker's, and the container goes on. `docker start` has no option
 * for that, so it is put out of the signals' reach.
 */
export async function dockerOnTerminal(
  args: readonly string[],
  { sigProxy }: { sigProxy: boolean },
): Promise<DockerResult> {
  const child = spawn('docker', args, { stdio: ['inherit', 'inherit', 'pipe'], detached: !sigProxy });
  if (!sigProxy) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        // Of this one, Docker cannot tell the container.
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

/** The error behind a Docker command that failed: daemon away, image missing, our own refusal, or Docker's own words. */
export function dockerRefusal(result: DockerResult, image?: string): OvnDockerError {
  const words = result.stderr.trim().replace(/\n?See 'docker .*--help'\.?$/m, '');
  if (/Cannot connect to the Docker daemon|dial unix .*(no such file|connection refused)/.test(words)) {
    return new OvnDockerError('E_DOCKER_NOT_RUNNING', 'the Docker daemon does not answer');
  }
  // What our driver refused has come through dockerd, which puts the way that it took before it (libnetworkServer).
  const ours = /(?:remote|(?:NetworkDriver|IpamDriver)\.\w+): (.*) \[(E_[A-Z_]+)\]; (.*)/.exec(words);
  if (ours?.[2] && ours[2] in errorTable) {
    return new OvnDockerError(ours[2] as ErrorCode, ours[1] ?? '', { hint: ours[3] ?? '' });
  }
  if (/Unable to find image|No such image|pull access denied|manifest unknown/.test(words)) {
    return new OvnDockerError('E_IMAGE_MISSING', `image "${image}" is not here and could not be pulled`);
  }
  return new OvnDockerError('E_DOCKER_FAILED', words || `docker ended with code ${result.code}`);
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new OvnDockerError('E_DOCKER_FAILED', `cannot run docker: ${error.message}`, { cause: error })),
    );
    child.once('close', (code, signal) => resolve(code ?? (signal ? 137 : 1)));
  });
}
