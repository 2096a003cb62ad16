import type { ConfigFiles } from './config-files.ts';
import type { Candidate } from './search-path.ts';
import { mergeSettings, type Settings, settingsAt } from './settings.ts';
import { mayCombine, type Place } from './trust.ts';
import { text } from './values.ts';

/**
 * Returns a cloud's settings over those of the profile that it refers to (openstacksdk,
 * `OpenStackConfig._expand_vendor_profile`): in `public-clouds` of the first clouds-public.yaml that may be
 * combined with the cloud. Profiles at a URL are not fetched: the answer would decide who receives the
 * secret.
 *
 * @param place where the cloud's settings come from; undefined for none
 * @param search where a clouds-public.yaml may be
 * @param warn learns that the profile was not found
 */
export async function withProfile(
  settings: Settings,
  place: Place | undefined,
  search: readonly Candidate[],
  files: ConfigFiles,
  warn: (message: string) => void,
): Promise<Settings> {
  const name = text(settings, 'profile', 'cloud');
  if (name === undefined || place === undefined) return settings;
  for await (const file of files.existing(search)) {
    if (!mayCombine(place, file.place)) {
      files.ignore(file.place, `its profile would decide which URL receives the secret of ${place.path}`);
      continue;
    }
    const profiles = settingsAt(file.settings, 'public-clouds');
    if (!Object.hasOwn(profiles, name)) break;
    return mergeSettings(defaultsOf(settingsAt(profiles, name), settings), settings);
  }
  const reason = URL.canParse(name) ? 'profiles at a URL are not fetched' : 'no clouds-public.yaml has it';
  warn(`profile '${name}' of ${place.path} is not used: ${reason}`);
  return settings;
}

/** The part of a profile that a cloud does not replace. */
function defaultsOf(profile: Settings, cloud: Settings): Settings {
  // The cloud's own regions replace the profile's, however each of them is written.
  const { regions, region_name, ...rest } = profile;
  const hasRegions = 'regions' in cloud || 'region_name' in cloud;
  const auth = Object.entries(settingsAt(profile, 'auth')).filter(([key]) => !(key in cloud));
  // A field below `auth` would take precedence over the cloud's own field beside it.
  return { ...(hasRegions ? rest : { ...rest, regions, region_name }), auth: Object.fromEntries(auth) };
}
