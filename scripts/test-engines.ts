/**
 * `npm run test:engines [-- ENGINE …]`: runs the system tests that concern Docker on each Docker engine of
 * the lab, or on the named ones, and prints the table of docs/engines.md. The exit code is 1 if a test fails.
 */
import { spawnSync } from 'node:child_process';
import { engineNames } from '../lab/src/engines/engines.ts';
import { installEngine } from '../lab/src/engines/install.ts';
import { runVitest } from './run-vitest.ts';

/** The tests that a Docker engine can make fail. */
const FILES = [
  'test/engines',
  'test/system/docker',
  'test/system/machine/reboot.test.ts',
  'test/system/machine/restart.test.ts',
  'test/system/cli/docker-networks.test.ts',
  'test/system/cli/main-job.test.ts',
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !engineNames.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`test:engines: unknown: ${unknown.join(', ')}; known: ${engineNames.join(', ')}\n`);
  process.exit(2);
}

const rows: string[] = [];
const failures: string[] = [];
for (const engine of engineNames.filter((known) => named.length === 0 || named.includes(known))) {
  const docker = installEngine(engine).find((line) => line.startsWith('docker.io ')) ?? ownDocker();
  process.stdout.write(`\n=== ${docker}\n`);
  const started = performance.now();
  const {
    passed,
    failed,
    skipped,
    failures: here,
  } = runVitest('system', { files: FILES, env: { ENGINE: engine } });
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  rows.push(`| ${docker} | ${passed} | ${failed} | ${skipped} | ${minutes} min |`);
  failures.push(...here.map((failure) => `${docker}: ${failure}`));
}
for (const failure of failures) process.stdout.write(`\n${failure}\n`);
process.stdout.write(`
| Debian's package | passed | failed | not on this engine | duration |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The package and version of this computer's Docker. */
function ownDocker(): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own syntax.
  const format = '--showformat=${Package} ${Version}';
  return spawnSync('dpkg-query', ['--show', format, 'docker.io'], { encoding: 'utf8' }).stdout;
}
