import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** Name of the lab that all system tests share; another one while a test is being written. */
export const LAB = process.env['LAB'] ?? 'test';

/** Whose Keystone and Neutron the lab has. */
const cloud = process.env['CLOUD'] ?? 'embedded';

/** A real Neutron needs half a second for what takes embedded-neutron a few milliseconds. In milliseconds. */
const PATIENCE_MS = cloud === 'openstack' ? 900_000 : 280_000;

/** Where `npm start`'s own JSON lines are kept for main-job.test.ts. */
export const startOutput = join(repository, '.lab', 'start.jsonl');

const program = join(repository, 'lab', 'dist', 'lab.js');

const turnPoolsOff = join(import.meta.dirname, 'turn-pools-off.ts');

/** Raises the lab once for all files by what `npm start` runs, and takes it down at the end. */
export default function setup(): () => void {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args, '--name', LAB], {
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    });
  run('down');
  const { stdout, stderr } = run('start', '--json', '--cloud', cloud);
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
