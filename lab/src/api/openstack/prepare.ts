import { randomBytes } from 'node:crypto';
import type { Machine } from '../../machine/machine.ts';
import { type Passwords, users } from '../api.ts';
import { prepareKeystone, startKeystone } from './keystone.ts';
import { prepareMariadb } from './mariadb.ts';
import { prepareNeutron } from './neutron.ts';
import type { SeedRequest } from './seed-identity.ts';

const newPassword = () => randomBytes(12).toString('base64url');

/**
 * Starts MariaDB and Keystone, creates the lab's users, and configures Neutron. Returns the users' passwords.
 */
export async function prepareOpenstack(machine: Machine): Promise<Passwords> {
  const passwords = Object.fromEntries(users.map((user) => [user, newPassword()])) as unknown as Passwords;
  const servicePassword = newPassword();
  const [keystone, neutron] = ['keystone', 'neutron'].map((name) => ({ name, password: newPassword() }));
  if (!keystone || !neutron) throw new Error('unreachable');
  await prepareMariadb(machine, [keystone, neutron]);
  await Promise.all([
    prepareNeutron(machine, neutron, servicePassword),
    prepareKeystone(machine, keystone, passwords.admin).then(() => startKeystone(machine)),
  ]);
  const request: SeedRequest = { passwords, servicePassword };
  const command = [process.execPath, process.argv[1] ?? '', 'seed-identity'];
  await machine.must(command, { input: JSON.stringify(request) });
  return passwords;
}
