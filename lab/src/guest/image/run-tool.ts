import { spawnSync } from 'node:child_process';
import { LabError } from '../../errors.ts';

/** Runs a program of this computer and returns its standard output. @throws LabError `LAB_STEP` */
export function runTool(
  command: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: Buffer;
  } = {},
): string {
  const [program = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status === 0) return stdout;
  const output = (stderr || stdout || error?.message || '').trim().split('\n').slice(-12).join('\n');
  throw new LabError('LAB_STEP', `\`${program}\` ended with ${status}: ${output}`);
}
