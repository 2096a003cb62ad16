import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** The name of the lab that all guests share; LAB names another one, as for writing a test. */
export const LAB = process.env['LAB'] ?? 'vm';

/** Which Keystone and Neutron the lab runs: `embedded` or `openstack`. */
const cloud = process.env['CLOUD'] ?? 'embedded';

/** The guests to boot: GUESTS names some of them, separated by commas; undefined: all. */
export const guests = process.env['GUESTS']?.split(',');

/** Builds the packages and the images, and starts the lab. At the end it stops the lab and the guest. */
export default function setup(): () => void {
  run('npm', 'run', '--silent', 'package');
  lab('guest', 'build', ...(guests ?? []));
  lab('down', '--name', LAB);
  lab('up', '--name', LAB, '--cloud', cloud);
  return () => lab('down', '--name', LAB);
}

const lab = (...args: string[]) => run(process.execPath, 'lab/dist/lab.js', ...args);

function run(program: string, ...args: string[]): void {
  const { status } = spawnSync(program, args, { cwd: repository, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
