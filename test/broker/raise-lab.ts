import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The name of the lab; `npm run test:broker` sets LAB, which test/faults/crash-points.test.ts reads too. */
export const LAB = process.env['LAB'] ?? 'broker';

/** Which Keystone and Neutron the lab runs: `embedded` or `openstack`. */
const cloud = process.env['CLOUD'] ?? 'embedded';

const program = resolve(import.meta.dirname, '../../lab/dist/lab.js');

/** Starts a lab in which every agent works through a broker, and stops it at the end. */
export default function setup(): () => void {
  run('down');
  run('up', '--broker', '--cloud', cloud);
  return () => run('down');
}

function run(...args: string[]): void {
  const command = [program, ...args, '--name', LAB];
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 2, 2], timeout: 900_000 });
  if (status !== 0) throw new Error(`lab ${args.join(' ')} ended with ${status}`);
}
