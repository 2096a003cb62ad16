import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The name of the lab that all fault tests share; LAB names another one, as for writing a test. */
export const LAB = process.env['LAB'] ?? 'faults';

/** Which Keystone and Neutron the lab runs: `embedded` or `openstack`. */
const cloud = process.env['CLOUD'] ?? 'embedded';

/** OVN and Open vSwitch: `23.03`, `25.03` or `26.03`. */
const ovn = process.env['OVN'] ?? '23.03';

const program = resolve(import.meta.dirname, '../../lab/dist/lab.js');

/**
 * Starts the lab once for all files, with Docker and agents but without the main job, and stops it at the
 * end.
 */
export default function setup(): () => void {
  lab('down');
  lab('up', '--cloud', cloud, '--ovn', ovn);
  return () => lab('down');
}

function lab(command: 'up' | 'down', ...options: string[]): void {
  const args = [program, command, '--name', LAB, ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`lab ${command} ended with ${status}:\n${stdout}${stderr}`);
}
