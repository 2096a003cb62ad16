/**
 * `npm test`: types, lint, borders, dead code, package content, API documentation, unit, OVSDB, system and fault tests, one
 * after the other (the machine has two cores, and the system tests want them). All of them run, whatever fails; the
 * last line is "N passed, N failed".
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'ovn-docker-test-'));

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const checks: [string, () => Count][] = [
  ['types', () => check('tsc', ['--noEmit', '-p', 'tsconfig.json'])],
  ['lint', () => check('biome', ['check', '--error-on-warnings', '.'])],
  [
    'borders',
    () => check('depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'lab', 'test', 'bench']),
  ],
  ['dead code', () => check('knip', [])],
  ['error docs', () => check('node', ['scripts/write-error-docs.ts', '--check'])],
  ['package content', () => check('npm', ['run', '-s', 'check:pack', '-w', 'packages/ovsdb'])],
  ['API documentation', () => check('npm', ['run', '-s', 'doc', '-w', 'packages/ovsdb'])],
  ['unit tests', () => vitest('unit')],
  ['OVSDB client against real servers', () => vitest('ovsdb')],
  ['system tests', () => vitest('system')],
  ['fault tests', () => vitest('faults')],
];

const total = { passed: 0, failed: 0 };
for (const [name, run] of checks) {
  const started = performance.now();
  process.stdout.write(`\n=== ${name}\n`);
  const { passed, failed } = run();
  total.passed += passed;
  total.failed += failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`=== ${name}: ${passed} passed, ${failed} failed in ${seconds} s\n`);
}
rmSync(scratch, { recursive: true });
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

function check(command: string, args: string[]): Count {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Counts from vitest's JSON report. A run that ends badly without a failed test (a broken setup) counts as one failure. */
function vitest(project: string): Count {
  const report = join(scratch, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { status } = spawnSync('vitest', args, { cwd: root, stdio: 'inherit' });
  const { passed, failed } = readReport(report);
  return { passed, failed: status === 0 ? failed : Math.max(failed, 1) };
}

function readReport(path: string): Count {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
    };
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
