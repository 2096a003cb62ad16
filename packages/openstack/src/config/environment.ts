import { resolve } from 'node:path';
import type { Settings } from './settings.ts';

/**
 * Variables that do not describe a cloud. `loadCloudConfig` reads OS_TOKEN itself, because it applies to any
 * cloud.
 */
const notDescribing: ReadonlySet<string> = new Set([
  'OS_CLOUD',
  'OS_CLOUD_NAME',
  'OS_REGION_NAME',
  'OS_CLIENT_CONFIG_FILE',
  'OS_CLIENT_SECURE_FILE',
  'OS_TOKEN',
  'OS_VIF_ID',
]);

/** Variables of OpenStack's test runners and loggers. */
const unrelated = /^OS_(TEST|STD|LOG)/;

/**
 * Without one of these keys the variables describe no cloud: OS_IDENTITY_API_VERSION alone is left over in a
 * shell, and OS_CACERT applies to any cloud.
 */
const describingKeys: readonly string[] = [
  'auth_url',
  'username',
  'user_id',
  'password',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
];

/**
 * Returns the settings of the cloud that the OS_* variables describe: `OS_AUTH_URL` as `auth_url` and so on.
 * Undefined if no variable contains Keystone's URL, a user or a credential, or says that there is no
 * Keystone.
 */
export function settingsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Settings | undefined {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('OS_') || unrelated.test(name) || notDescribing.has(name)) continue;
    if (value !== undefined && value !== '') settings[name.slice('OS_'.length).toLowerCase()] = value;
  }
  const isWithoutKeystone = settings['auth_type'] === 'none';
  return isWithoutKeystone || describingKeys.some((key) => key in settings) ? settings : undefined;
}

/**
 * Returns the settings of OS_CACERT and OS_INTERFACE, which override those of any cloud, including one of
 * clouds.yaml (python-openstackclient, "Configuration", "Environment Variables"). OS_REGION_NAME overrides
 * them too, but {@link inRegion} applies it, before it reads any other setting.
 */
export function overridesFromEnvironment(env: Readonly<Record<string, string | undefined>>): Settings {
  const cacert = env['OS_CACERT'];
  const endpointInterface = env['OS_INTERFACE'];
  return {
    ...(cacert ? { cacert: resolve(cacert) } : {}),
    ...(endpointInterface ? { interface: endpointInterface } : {}),
  };
}
