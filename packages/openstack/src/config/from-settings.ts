import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudConfigError } from '../errors.ts';
import type { Chosen } from './choose-cloud.ts';
import type { Auth, CloudConfig, EndpointInterface } from './cloud-config.ts';
import { type Settings, settingsAt } from './settings.ts';
import { flag, seconds, text } from './values.ts';

/** Keystone's URLs from outside the cloud's settings. */
export interface AuthUrls {
  /** The caller's; overrides the settings. */
  readonly authUrl?: string | undefined;
  /** The program's own; used if the settings have none. */
  readonly fallbackAuthUrl?: string | undefined;
}

/**
 * Converts a cloud's settings, which have openstacksdk's keys, into a {@link CloudConfig}.
 *
 * @param settings the settings of the cloud's region ({@link inRegion})
 * @throws {CloudConfigError} CLOUD_NO_AUTH_URL, CLOUD_BAD_VALUE
 */
export function fromSettings(
  { name, directory }: Omit<Chosen, 'settings'>,
  settings: Settings,
  auth: Auth,
  urls: AuthUrls,
): CloudConfig {
  const region = text(settings, 'region_name');
  const caFile = pathAt(settings, 'cacert', directory);
  const certFile = pathAt(settings, 'cert', directory);
  const keyFile = pathAt(settings, 'key', directory);
  const timeoutMs = seconds(settings, 'api_timeout');
  const endpointOverrides = overridesOf(settings);
  return {
    authUrl: auth.type === 'none' ? endpointOf(name, settings) : authUrlOf(name, settings, urls),
    auth,
    origin: name,
    ...(region === undefined ? {} : { region }),
    interface: interfaceOf(settings),
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(flag(settings, 'insecure') === true || flag(settings, 'verify') === false ? { insecure: true } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(Object.keys(endpointOverrides).length === 0 ? {} : { endpointOverrides }),
  };
}

function authUrlOf(name: string, settings: Settings, urls: AuthUrls): string {
  const own = text(settingsAt(settings, 'auth'), 'auth_url') ?? text(settings, 'auth_url');
  const url = urls.authUrl ?? own ?? urls.fallbackAuthUrl;
  const profile = text(settings, 'profile');
  if (url === undefined) {
    const neither = profile === undefined ? '' : `, and its profile '${profile}' supplies none`;
    throw new CloudConfigError('CLOUD_NO_AUTH_URL', `${name} has no auth_url${neither}`);
  }
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `auth_url of ${name} is not an http or https URL`);
}

/**
 * The URL of all services of a cloud without Keystone. A URL from outside the cloud's settings is Keystone's,
 * so it does not count.
 */
function endpointOf(name: string, settings: Settings): string {
  const url = text(settingsAt(settings, 'auth'), 'endpoint') ?? text(settings, 'endpoint');
  if (url === undefined) throw new CloudConfigError('CLOUD_FIELD_MISSING', `${name} has no endpoint`);
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `endpoint of ${name} is not an http or https URL`);
}

/**
 * One name, or a list in the order of preference. Accepts the old spelling `publicURL` too, which many files
 * still contain.
 */
function interfaceOf(settings: Settings): EndpointInterface | readonly EndpointInterface[] {
  const value = settings['interface'];
  if (Array.isArray(value) && value.length > 0) return value.map((item) => oneInterface(String(item)));
  return oneInterface(text(settings, 'interface', 'endpoint_type') ?? 'public');
}

function oneInterface(value: string): EndpointInterface {
  const name = value.replace(/URL$/, '');
  if (name === 'public' || name === 'internal' || name === 'admin') return name;
  throw new CloudConfigError(
    'CLOUD_BAD_VALUE',
    `interface must be public, internal or admin, not '${value}'`,
  );
}

/** Returns the URLs of `network_endpoint_override: URL` and the like, by service type. */
function overridesOf(settings: Settings): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const key of Object.keys(settings)) {
    const service = /^(.+)_endpoint_override$/.exec(key)?.[1];
    const url = text(settings, key);
    if (service === undefined || url === undefined) continue;
    if (!URL.canParse(url)) throw new CloudConfigError('CLOUD_BAD_VALUE', `${key} is not a URL`);
    overrides[service.replaceAll('_', '-')] = url;
  }
  return overrides;
}

/**
 * A relative path belongs to the file that contains it, and not to the working directory, where someone else
 * could have put a file of that name.
 */
function pathAt(settings: Settings, key: string, directory = ''): string | undefined {
  const path = text(settings, key);
  if (path === undefined) return undefined;
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(directory, path);
}
