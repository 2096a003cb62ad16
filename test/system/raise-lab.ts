import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** The name of the lab that all system tests share; LAB names another one, as for writing a test. */
export const LAB = process.env['LAB'] ?? 'test';

/** Which Keystone and Neutron the lab runs: `embedded` or `openstack`. */
const cloud = process.env['CLOUD'] ?? 'embedded';

/** OVN and Open vSwitch: `23.03`, `25.03` or `26.03`. */
const ovn = process.env['OVN'] ?? '23.03';

/**
 * The VMs' Docker: `20.10`, `26` or `28`. Without it, one VM runs Debian 13's, for a short selection of tests
 * (later-engine.test.ts); `npm run test:engines` runs all tests that concern Docker on each engine.
 */
const engine = process.env['ENGINE'] ?? 'vm-b=26';

/**
 * Time limit of a lab command, in milliseconds. A real Neutron needs half a second where embedded-neutron
 * needs a few milliseconds.
 */
const PATIENCE_MS = cloud === 'openstack' ? 900_000 : 280_000;

/** The file with the JSON lines of `npm start`, which main-job.test.ts reads. */
export const startOutput = join(repository, '.lab', 'start.jsonl');

const program = join(repository, 'lab', 'dist', 'lab.js');

const turnPoolsOff = join(import.meta.dirname, 'turn-pools-off.ts');

/** Starts the lab once for all files, with the program of `npm start`, and stops it at the end. */
export default function setup(): () => void {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args, '--name', LAB], {
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    });
  run('down');
  const { stdout, stderr } = run('start', '--json', '--cloud', cloud, '--ovn', ovn, '--engine', engine);
  mkdirSync(dirname(startOutput), { recursive: true });
  writeFileSync(startOutput, stdout);
  if (!stdout.includes('"step":"raise the lab","ok":true'))
    throw new Error(`the lab did not come up:\n${stdout}${stderr}`);
  const off = spawnSync(process.execPath, ['--conditions=source', turnPoolsOff, LAB], { encoding: 'utf8' });
  if (off.status !== 0) throw new Error(`the agents could not be configured: ${off.stderr}`);
  return () => {
    const { status, stderr: complaint } = run('down');
    if (status !== 0) throw new Error(`the lab did not go down: ${complaint}`);
  };
}
