import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Machine } from '../machine/machine.ts';
import { urls } from '../topology.ts';
import { installProgram } from './node-program.ts';

/** An application credential of the VM's tenant. */
export interface ApplicationCredential {
  readonly id: string;
  readonly secret: string;
}

/** Returns the text of a clouds.yaml with one cloud, `lab`. */
export function cloudsYaml({ id, secret }: ApplicationCredential): string {
  const auth = {
    auth_url: urls.identity,
    application_credential_id: id,
    application_credential_secret: secret,
  };
  return stringify({
    clouds: { lab: { auth_type: 'v3applicationcredential', auth, region_name: 'RegionOne' } },
  });
}

/** Configures the VM's agent as `ovn-docker init` does. */
export function configureAgent(machine: Machine, credential: ApplicationCredential): void {
  installProgram(machine, 'ovn-docker');
  // The machine's layer of /etc.
  const directory = join(machine.places.data, 'etc', 'ovn-docker');
  mkdirSync(directory, { recursive: true });
  const config = { cloud: { clouds_yaml: '/etc/ovn-docker/clouds.yaml', cloud: 'lab' } };
  writeFileSync(join(directory, 'clouds.yaml'), cloudsYaml(credential), { mode: 0o600 });
  writeFileSync(join(directory, 'config.yaml'), stringify(config));
}

/** The environment in packaging/ovn-docker.service. */
const agentEnvironment = { NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=512' };

/** Starts or restarts the VM's agent and waits until it serves. */
export async function startAgent(machine: Machine): Promise<void> {
  const before = machine.log('agent').length;
  await machine.start('agent', ['ovn-docker', 'agent'], agentEnvironment);
  await machine.waitForLog('agent', 'agent ready', before);
}

/**
 * Sets keys of the agent's configuration and restarts it. Returns a function that restores the former
 * configuration.
 */
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
