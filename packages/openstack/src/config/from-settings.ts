import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudConfigError } from '../errors.ts';
import type { Auth, CloudConfig, EndpointInterface } from './cloud-config.ts';
import { isSettings, mergeSettings, type Settings, settingsAt } from './read-file.ts';
import { flag, seconds, text } from './values.ts';

/** What the caller, or a selector variable, decides over the settings, and what holds where they say nothing. */
export interface Overrides {
  readonly authUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly fallbackAuthUrl?: string | undefined;
}

/**
 * A cloud's settings, in openstacksdk's keys, as a {@link CloudConfig}.
 *
 * @param name how errors name the cloud
 * @throws {CloudConfigError} CLOUD_NO_AUTH_URL, CLOUD_BAD_VALUE
 */
export function fromSettings(name: string, given: Settings, auth: Auth, overrides: Overrides): CloudConfig {
  const { region, settings } = chooseRegion(given, overrides.region);
  const caFile = text(settings, 'cacert');
  const timeoutMs = seconds(settings, 'api_timeout');
  const endpointOverrides = overridesOf(settings);
  return {
    authUrl: authUrlOf(name, settings, overrides),
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

function authUrlOf(name: string, settings: Settings, overrides: Overrides): string {
  const own = text(settingsAt(settings, 'auth'), 'auth_url') ?? text(settings, 'auth_url');
  const url = overrides.authUrl ?? own ?? overrides.fallbackAuthUrl;
  const profile = text(settings, 'profile');
  if (own === undefined && profile !== undefined) {
    const message = `${name} takes its settings from profile '${profile}', and profiles are not read`;
    throw new CloudConfigError('CLOUD_NO_AUTH_URL', message);
  }
  if (url === undefined) throw new CloudConfigError('CLOUD_NO_AUTH_URL', `${name} has no auth_url`);
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new CloudConfigError('CLOUD_BAD_VALUE', `auth_url of ${name} is not an http or https URL`);
}

/** `regions` is a list of names, or of `{name, values}` whose values go over the cloud's own. The first is the default. */
function chooseRegion(
  settings: Settings,
  wanted: string | undefined,
): { region?: string; settings: Settings } {
  const listed = Array.isArray(settings['regions']) ? (settings['regions'] as readonly unknown[]) : [];
  const regions = listed.map((entry) => (isSettings(entry) ? entry : { name: entry }));
  const region = wanted ?? text(settings, 'region_name')?.split(',')[0] ?? text(regions[0] ?? {}, 'name');
  if (region === undefined) return { settings };
  const own = regions.find((entry) => text(entry, 'name') === region) ?? {};
  return { region, settings: mergeSettings(settings, settingsAt(own, 'values')) };
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
