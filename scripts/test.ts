/**
 * `npm test`: runs all checks and tests, one after the other, because the system tests need both cores of the
 * machine. A failure does not stop the run. The failures are printed at the end, because only the end of a
 * long output stays visible; the last line is "N passed, N failed".
 *
 * `node scripts/test.ts NAME …` runs only the named ones. The environment variable CLOUD chooses the Keystone
 * and Neutron of the system and fault tests: `embedded` (the default) or `openstack`.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Outcome } from './outcome-reporter.ts';
import { runVitest } from './run-vitest.ts';

const root = resolve(import.meta.dirname, '..');

const checks: [string, () => Outcome][] = [
  ['types', () => check('tsc', ['--noEmit', '-p', 'tsconfig.json'])],
  ['lint', () => check('biome', ['check', '--error-on-warnings', '.'])],
  ['prose', () => check('node', ['scripts/check-prose.ts'])],
  [
    'borders',
    () => check('depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'lab', 'test', 'bench']),
  ],
  ['dead code', () => check('knip', [])],
  ['error docs', () => check('node', ['scripts/write-error-docs.ts', '--check'])],
  [
    'package content',
    () => check('npm', ['run', '-s', 'check:pack', '-w', 'packages/ovsdb', '-w', 'packages/openstack']),
  ],
  ['packages', () => check('node', ['--conditions=source', 'scripts/package/main.ts'])],
  ['API documentation', () => check('npm', ['run', '-s', 'doc', '-w', 'packages/ovsdb'])],
  ['unit', () => runVitest('unit')],
  ['ovsdb', () => runVitest('ovsdb')],
  ['openflow', () => runVitest('openflow')],
  ['system', () => runVitest('system')],
  ['faults', () => runVitest('faults')],
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !checks.some(([known]) => known === name));
if (unknown.length > 0) {
  process.stderr.write(
    `test: unknown: ${unknown.join(', ')}; known: ${checks.map(([name]) => name).join(', ')}\n`,
  );
  process.exit(2);
}

let passed = 0;
const failures: string[] = [];
let failed = 0;
for (const [name, run] of checks.filter(([known]) => named.length === 0 || named.includes(known))) {
  const started = performance.now();
  process.stdout.write(`\n=== ${name}\n`);
  const outcome = run();
  passed += outcome.passed;
  failed += outcome.failed;
  failures.push(...outcome.failures.map((failure) => `${name}: ${failure}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`=== ${name}: ${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s\n`);
}
for (const failure of failures) process.stdout.write(`\n${failure}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function check(command: string, args: string[]): Outcome {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
  return { passed: 0, failed: 1, skipped: 0, failures: [`${command} ended with ${status}`] };
}
