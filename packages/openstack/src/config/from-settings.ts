import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudConfigError } from '../errors.ts';
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
 * @param name the cloud's name in error messages
 * @param settings the settings of the cloud's region ({@link inRegion})
 * @throws {CloudConfigError} CLOUD_NO_AUTH_URL, CLOUD_BAD_VALUE
 */
export function fromSettings(name: string, settings: Settings, auth: Auth, urls: AuthUrls): CloudConfig {
  const region = text(settings, 'region_name');
  const caFile = text(settings, 'cacert');
  const timeoutMs = seconds(settings, 'api_timeout');
  const endpointOverrides = overridesOf(settings);
  return {
    authUrl: authUrlOf(name, settings, urls),
    auth,
    origin: name,
    ...(region === undefined ? {} : { region }),
    interface: interfaceOf(settings),
    ...(caFile === undefined ? {} : { caFile: expandHome(caFile) }),
    ...(flag(settings, 'insecure') === true || flag(settings, 'verify') === false ? { insecure: true } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(Object.keys(endpointOverrides).length === 0 ? {} : { endpointOverrides }),
  };
}

function authUrlOf(name: string, settings: Settings, urls: AuthUrls): string {
  const own = text(settingsAt(settings, 'auth'), 'auth_url') ?? text(settings, 'auth_url');
  const url = urls.authUrl ?? own ?? urls.fallbackAuthUrl;
  const profile = text(settings, 'profile');
  if (own === undefined && profile !== undefined) {
    const message = `${name} refers to profile '${profile}', and profiles are not supported`;
    throw new CloudConfigError('CLOUD_NO_AUTH_URL', message);
  }
  if (url === undefined) throw new CloudConfigError('CLOUD_NO_AUTH_URL', `${name} has no auth_url`);
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `auth_url of ${name} is not an http or https URL`);
}

/** Accepts the old spelling `publicURL` too, which many files still contain. */
function interfaceOf(settings: Settings): EndpointInterface {
  const value = text(settings, 'interface', 'endpoint_type') ?? 'public';
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

function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
