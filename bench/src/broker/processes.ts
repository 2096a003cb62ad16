import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A program of a benchmark. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** The JSON line that it prints when it is ready. */
  readonly ready: Readonly<Record<string, string>>;
}

/** Clock ticks of /proc/PID/stat in a second (proc_pid_stat(5)). */
const TICKS = 100;

/** CPU time of a process in ms, in the kernel and outside. */
export function cpuMsOf({ pid }: Program): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
}

/** A broker on one core, with alice's password and a folder of its own. */
export async function startBroker(identityUrl: string): Promise<Program & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ovn-docker-bench-broker-'));
  const write = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(content), { mode: 0o600 });
    return join(folder, name);
  };
  const auth = { auth_url: identityUrl, username: 'alice', password: 'alicepw', project_name: 'alice' };
  const clouds_yaml = write('clouds.yaml', { clouds: { own: { auth } } });
  const config = write('config.yaml', {
    listen: '127.0.0.1:0',
    names: ['127.0.0.1'],
    folder,
    cloud: { cloud: 'own', clouds_yaml },
    limits: { ports: 4094, requests_per_second: 100, burst: 1000 },
  });
  const main = join(import.meta.dirname, '../../../packages/credential-broker/src/main.ts');
  const program = await start(
    'taskset',
    '--cpu-list',
    '0',
    process.execPath,
    '--conditions=source',
    main,
    'serve',
    '--config',
    config,
  );
  return {
    ...program,
    folder,
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

/** An embedded-neutron in a process of its own. */
export function startCloudProcess(): Promise<Program> {
  return start(process.execPath, '--conditions=source', join(import.meta.dirname, 'cloud-process.ts'));
}

async function start(command: string, ...args: string[]): Promise<Program> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), failed(child, command)]);
  return {
    pid: child.pid ?? 0,
    ready: JSON.parse(String(line)),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function failed(child: ChildProcess, command: string): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`${command} ended with ${code} before it was ready`);
}
