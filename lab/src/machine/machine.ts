import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Rtnetlink } from '@ovn-docker/netlink';
import { LabError } from '../errors.ts';
import type { MachinePlaces } from '../layout.ts';
import { findKeeper } from './keeper.ts';
import { waitFor } from './process.ts';

/** How a command in a machine ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command in a machine. */
export interface RunOptions {
  /** Standard input; none by default. */
  readonly input?: string;
  /** Time after which the command is killed, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const PATH = '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A machine, or another place with a name, as far as commands are concerned. */
export type Commands = Pick<Machine, 'name' | 'run'>;

/** A machine of the lab: a set of namespaces with commands and daemons in it. */
export class Machine {
  readonly name: string;
  readonly places: MachinePlaces;

  constructor(name: string, places: MachinePlaces) {
    this.name = name;
    this.places = places;
  }

  get isUp(): boolean {
    return findKeeper(this.places) !== undefined;
  }

  /** This computer's process id of the machine's first process. @throws LabError `LAB_NOT_UP` */
  get pid(): number {
    const keeper = findKeeper(this.places);
    if (!keeper) throw new LabError('LAB_NOT_UP', `machine ${this.name} is not up`);
    return keeper.pid;
  }

  /**
   * Opens a netlink socket in the machine, for its interfaces, addresses and routes. The caller closes it.
   */
  netlink(): Rtnetlink {
    return Rtnetlink.open(this.places.netns);
  }

  /** Returns the command line that runs `command` in the machine. */
  commandLine(command: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
    const variables = Object.entries({ PATH, HOME: '/root', ...env }).map(
      ([key, value]) => `${key}=${value}`,
    );
    const namespaces = ['--mount', '--uts', '--net', '--pid'];
    return [
      'nsenter',
      '--target',
      String(this.pid),
      ...namespaces,
      '--',
      'env',
      '-i',
      ...variables,
      ...command,
    ];
  }

  /** Runs a command to its end and returns the result, even if the command fails. */
  async run(command: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const [program = '', ...args] = this.commandLine(command, options.env);
    const child = spawn(program, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // A separate process group: nsenter forks to enter the process-id namespace, and a timeout must end
      // both processes.
      detached: true,
    });
    const timer = setTimeout(() => killGroup(child.pid), options.timeoutMs ?? 60_000);
    // A command may end without reading its input (EPIPE).
    child.stdin?.on('error', () => undefined).end(options.input);
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
      new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (status, signal) => resolve(status ?? (signal ? 137 : 1)));
      }),
    ]).finally(() => clearTimeout(timer));
    return { code, stdout, stderr };
  }

  /** Runs a command and returns its standard output. @throws LabError `LAB_STEP` if it fails */
  async must(command: readonly string[], options: RunOptions = {}): Promise<string> {
    return outputOf(this.name, command, await this.run(command, options));
  }

  /** Starts a program in the background; its output is appended to the log `name`. */
  async start(
    name: string,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    // The shell ends at once, and the machine's first process becomes the daemon's parent.
    const script = `setsid "$@" >> /var/log/${name}.log 2>&1 < /dev/null & echo $! > /run/${name}.pid`;
    await this.must(['/bin/sh', '-c', script, name, ...command], { env });
  }

  /** Ends a program that {@link start} started, and waits for its end. */
  async stop(name: string, signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
    const script = `p=$(cat /run/${name}.pid); kill -${signal} "$p"; while kill -0 "$p" 2>/dev/null; do sleep 0.02; done`;
    await this.must(['/bin/sh', '-c', script]);
  }

  /** Returns a log of the machine; '' if it does not exist. */
  log(name: string): string {
    try {
      return readFileSync(join(this.places.logs, `${name}.log`), 'utf8');
    } catch {
      return '';
    }
  }

  /**
   * Waits until the log `name` contains `words` after the position `from`.
   * @throws LabError `LAB_TIMEOUT`, with the end of the log
   */
  async waitForLog(name: string, words: string, from = 0, timeoutMs = 30_000): Promise<void> {
    await waitFor(
      `"${words}" in the log of ${name} on ${this.name}`,
      () => this.log(name).slice(from).includes(words),
      timeoutMs,
    ).catch((error: Error) => {
      const end = this.log(name).trim().split('\n').slice(-12).join('\n');
      throw new LabError('LAB_TIMEOUT', `${error.message}; it ends with:\n${end}`);
    });
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The command has just ended.
  }
}

/**
 * Returns what a command wrote to its standard output.
 * @param place where it ran
 * @throws LabError `LAB_STEP` if it failed, with the end of its output
 */
export function outputOf(
  place: string,
  command: readonly string[],
  { code, stdout, stderr }: CommandResult,
): string {
  if (code === 0) return stdout;
  const output = (stderr.trim() || stdout.trim()).split('\n').slice(-20).join('\n');
  throw new LabError('LAB_STEP', `${place}: \`${withoutSecrets(command)}\` ended with ${code}: ${output}`);
}

/** Returns a command for an error message: without options, which may contain a token. */
function withoutSecrets(command: readonly string[]): string {
  return command
    .filter((word) => !word.startsWith('-'))
    .slice(0, 4)
    .join(' ');
}
