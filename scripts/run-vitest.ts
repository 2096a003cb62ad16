import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Outcome } from './outcome-reporter.ts';

const root = resolve(import.meta.dirname, '..');

/** What to run of a Vitest project. */
interface Selection {
  /** Beginnings of the paths of test files; all files by default. */
  readonly files?: readonly string[];
  /** The beginning of the command line: a program that runs Vitest. */
  readonly prefix?: readonly string[];
  /** Variables for the tests, such as ENGINE. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a Vitest project. A run that fails without a failed test (such as in its setup) counts as one failure.
 */
export function runVitest(project: string, { files = [], prefix = [], env = {} }: Selection = {}): Outcome {
  const scratch = mkdtempSync(join(tmpdir(), 'ovn-docker-test-'));
  const path = join(scratch, 'outcome.json');
  const reporters = ['--reporter=default', '--reporter=./scripts/outcome-reporter.ts'];
  const command = [...prefix, 'vitest', 'run', '--project', project, ...reporters, ...files];
  const { status } = spawnSync(command[0] ?? '', command.slice(1), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env, OUTCOME: path },
  });
  const outcome = readOutcome(path);
  rmSync(scratch, { recursive: true });
  if (status === 0) return outcome;
  const failures = [...outcome.failures, `vitest ended with ${status}`];
  return { ...outcome, failed: Math.max(outcome.failed, 1), failures };
}

function readOutcome(path: string): Outcome {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Outcome;
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`no outcome was written: ${error}`] };
  }
}
