import type { Settings } from './read-file.ts';

/** They choose a cloud or a file and describe none themselves. OS_TOKEN is handled apart: it goes with any cloud. */
const selectors: ReadonlySet<string> = new Set([
  'OS_CLOUD',
  'OS_CLOUD_NAME',
  'OS_REGION_NAME',
  'OS_CLIENT_CONFIG_FILE',
  'OS_CLIENT_SECURE_FILE',
  'OS_TOKEN',
  'OS_VIF_ID',
]);

/** What test runners and loggers of OpenStack put beside them. */
const foreign = /^OS_(TEST|STD|LOG)/;

/** Without one of these there is no cloud to describe: OS_IDENTITY_API_VERSION is a leftover of a shell, OS_CACERT goes with any cloud. */
const describing: readonly string[] = [
  'auth_url',
  'username',
  'user_id',
  'password',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
];

/**
 * The cloud that the OS_* variables describe: `OS_AUTH_URL` as `auth_url` and so on. Undefined when none of them says where the
 * cloud is or who asks.
 */
export function settingsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Settings | undefined {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('OS_') || foreign.test(name) || selectors.has(name)) continue;
    if (value !== undefined && value !== '') settings[name.slice('OS_'.length).toLowerCase()] = value;
  }
  return describing.some((key) => key in settings) ? settings : undefined;
}

/**
 * What OS_CACERT and OS_INTERFACE say goes over the settings of any cloud, those of a file too, as for python-openstackclient
 * (its "Configuration", "Environment Variables"). So does OS_REGION_NAME, but a region is chosen before anything is read.
 */
export function overridesFromEnvironment(env: Readonly<Record<string, string | undefined>>): Settings {
  const cacert = env['OS_CACERT'];
  const face = env['OS_INTERFACE'];
  return { ...(cacert ? { cacert } : {}), ...(face ? { interface: face } : {}) };
}
