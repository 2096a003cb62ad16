import { spawn } from 'node:child_process';
import { OvnDockerError } from '../errors.ts';

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

/** Runs the `docker` command on this terminal and returns its exit code. */
export function dockerOnTerminal(args: readonly string[]): Promise<number> {
  return exitCode(spawn('docker', args, { stdio: 'inherit' }));
}

/** The error behind a Docker command that failed: daemon away, image missing, or Docker's own words. */
export function dockerRefusal(result: DockerResult, image?: string): OvnDockerError {
  const words = result.stderr.trim().replace(/\n?See 'docker .*--help'\.?$/m, '');
  if (/Cannot connect to the Docker daemon|dial unix .*(no such file|connection refused)/.test(words)) {
    return new OvnDockerError('E_DOCKER_NOT_RUNNING', 'the Docker daemon does not answer');
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
