import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The name of the lab; `npm run test:contract` sets LAB. */
export const LAB = process.env['LAB'] ?? 'contract';

const program = resolve(import.meta.dirname, '../../lab/dist/lab.js');

/** Starts a lab with a real Keystone and Neutron and without Docker, and stops it at the end. */
export default function setup(): () => void {
  run('down');
  run('up', '--cloud', 'openstack', '--no-docker');
  return () => run('down');
}

function run(...args: string[]): void {
  const command = [program, ...args, '--name', LAB];
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 2, 2], timeout: 900_000 });
  if (status !== 0) throw new Error(`lab ${args.join(' ')} ended with ${status}`);
}
