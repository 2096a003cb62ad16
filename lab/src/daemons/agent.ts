import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Machine } from '../machine/machine.ts';
import { urls } from '../topology.ts';
import { installProgram } from './node-program.ts';

/** An application credential of the tenant who owns the VM. */
export interface ApplicationCredential {
  readonly id: string;
  readonly secret: string;
}

/** Configures the VM's agent as README.md tells a tenant to do it. */
export function configureAgent(machine: Machine, credential: ApplicationCredential): void {
  installProgram(machine, 'ovn-docker');
  // The machine's own layer of /etc.
  const directory = join(machine.places.data, 'etc', 'ovn-docker');
  mkdirSync(directory, { recursive: true });
  const clouds = {
    clouds: {
      lab: {
        auth_type: 'v3applicationcredential',
        auth: {
          auth_url: urls.identity,
          application_credential_id: credential.id,
          application_credential_secret: credential.secret,
        },
        region_name: 'RegionOne',
      },
    },
  };
  const config = { cloud: { clouds_yaml: '/etc/ovn-docker/clouds.yaml', cloud: 'lab' } };
  writeFileSync(join(directory, 'clouds.yaml'), stringify(clouds), { mode: 0o600 });
  writeFileSync(join(directory, 'config.yaml'), stringify(config));
}

/** As packaging/ovn-docker.service starts it. */
const agentEnvironment = { NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=512' };

/** Starts the VM's agent (again) and waits until it serves. */
export async function startAgent(machine: Machine): Promise<void> {
  const before = machine.log('agent').length;
  await machine.start('agent', ['ovn-docker', 'agent'], agentEnvironment);
  await machine.waitForLog('agent', 'agent ready', before);
}

/** Sets keys of the agent's configuration and starts it again. Returns what puts the former one back. */
export async function reconfigureAgent(
  machine: Machine,
  change: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  const file = join(machine.places.data, 'etc', 'ovn-docker', 'config.yaml');
  const before = readFileSync(file, 'utf8');
  const apply = async (text: string) => {
    writeFileSync(file, text);
    await machine.stop('agent');
    await startAgent(machine);
  };
  await apply(stringify({ ...(parse(before) as object), ...change }));
  return () => apply(before);
}
