import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { installProgram } from '../daemons/node-program.ts';
import type { Machine } from '../machine/machine.ts';
import { METADATA, management, ports, underlay, urls } from '../topology.ts';
import { type Passwords, users } from './api.ts';

const CONFIG = '/etc/embedded-neutron';

/** Writes embedded-neutron's configuration. Returns the users' passwords. */
export async function configureApi(machine: Machine): Promise<Passwords> {
  installProgram(machine, 'embedded-neutron');
  const passwords = Object.fromEntries(users.map((user) => [user, randomBytes(12).toString('base64url')]));
  const hashes: Record<string, string> = {};
  for (const user of users) {
    hashes[user] = (
      await machine.must(['embedded-neutron', 'hash-password'], { input: passwords[user] ?? '' })
    ).trim();
  }
  const config = {
    listen: {
      identity: `${management.api}:5000`,
      network: `${management.api}:9696`,
      metadata: `${METADATA}:80`,
    },
    // URLs without a version, which embedded-neutron adds.
    public_url: { identity: new URL(urls.identity).origin, network: urls.network },
    nb: `tcp:${underlay.central}:${ports.northbound}`,
    identity: {
      signing_key_file: 'signing.key',
      projects: users.map((name) => ({ name })),
      users: users.map((name) => ({
        name,
        password_hash: hashes[name],
        roles: { [name]: [name === 'admin' ? 'admin' : 'member'] },
      })),
    },
    metadata: { network_name: management.name },
    // The tests of a tenant share one token, and some of them send thousands of requests at once.
    limits: { requests_per_second: 0 },
  };
  // The machine's layer of /etc.
  const directory = join(machine.places.data, 'etc', 'embedded-neutron');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'signing.key'), randomBytes(48).toString('base64'), { mode: 0o600 });
  writeFileSync(join(directory, 'config.yaml'), stringify(config), { mode: 0o600 });
  return passwords as Passwords;
}

/** Starts or restarts embedded-neutron and waits until it serves. */
export async function startApi(machine: Machine): Promise<void> {
  const before = machine.log('embedded-neutron').length;
  await machine.start('embedded-neutron', ['embedded-neutron', 'serve', '--config', `${CONFIG}/config.yaml`]);
  await machine.waitForLog('embedded-neutron', '"ready":true', before);
}
