import { isSettings, mergeSettings, type Settings, settingsAt } from './read-file.ts';
import { text } from './values.ts';

/**
 * A cloud's settings in one of its regions, with `region_name` saying which. `regions` is a list of names, or of
 * `{name, values}` whose values go over the cloud's own, `auth` key by key: so do it first, and read everything else from
 * what comes out, the credentials too (openstacksdk, "Configuring OpenStack SDK Applications", "Per-region settings").
 *
 * @param wanted the region that the caller or a variable asks for; else it is the cloud's `region_name`, else the first
 */
export function inRegion(settings: Settings, wanted: string | undefined): Settings {
  const listed = Array.isArray(settings['regions']) ? (settings['regions'] as readonly unknown[]) : [];
  const regions = listed.map((entry) => (isSettings(entry) ? entry : { name: entry }));
  const region = wanted ?? text(settings, 'region_name')?.split(',')[0] ?? text(regions[0] ?? {}, 'name');
  if (region === undefined) return settings;
  const own = regions.find((entry) => text(entry, 'name') === region) ?? {};
  return { ...mergeSettings(settings, settingsAt(own, 'values')), region_name: region };
}
