import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudConfigError } from '../errors.ts';
import type { Auth, CloudConfig, EndpointInterface } from './cloud-config.ts';
import { type Settings, settingsAt } from './read-file.ts';
import { flag, seconds, text } from './values.ts';

/** Keystone's URL where the caller decides it over the settings, and where they have none. */
export interface AuthUrls {
  readonly authUrl?: string | undefined;
  readonly fallbackAuthUrl?: string | undefined;
}

/**
 * A cloud's settings, in openstacksdk's keys, as a {@link CloudConfig}.
 *
 * @param name how errors name the cloud
 * @param settings those of its region ({@link inRegion})
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
    const message = `${name} takes its settings from profile '${profile}', and profiles are not read`;
    throw new CloudConfigError('CLOUD_NO_AUTH_URL', message);
  }
  if (url === undefined) throw new CloudConfigError('CLOUD_NO_AUTH_URL', `${name} has no auth_url`);
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `auth_url of ${name} is not an http or https URL`);
}

/** The old spelling `publicURL` is still in many files. */
function interfaceOf(settings: Settings): EndpointInterface {
  const value = text(settings, 'interface', 'endpoint_type') ?? 'public';
  const name = value.replace(/URL$/, '');
  if (name === 'public' || name === 'internal' || name === 'admin') return name;
  throw new CloudConfigError(
    'CLOUD_BAD_VALUE',
    `interface must be public, internal or admin, not '${value}'`,
  );
}

/** `network_endpoint_override: URL`, by service type. */
function overridesOf(settings: Settings): Record<string, string> {
  const found: Record<string, string> = {};
  for (const key of Object.keys(settings)) {
    const service = /^(.+)_endpoint_override$/.exec(key)?.[1];
    const url = text(settings, key);
    if (service === undefined || url === undefined) continue;
    if (!URL.canParse(url)) throw new CloudConfigError('CLOUD_BAD_VALUE', `${key} is not a URL`);
    found[service.replaceAll('_', '-')] = url;
  }
  return found;
}

function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
