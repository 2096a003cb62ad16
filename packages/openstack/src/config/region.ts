import { isSettings, mergeSettings, type Settings, settingsAt } from './settings.ts';
import { text } from './values.ts';

/**
 * Returns a cloud's settings in one of its regions, with that region's name in `region_name`. Call it before
 * reading anything else: the `values` of a region override the cloud's own settings, credentials included
 * (openstacksdk, "Configuring OpenStack SDK Applications", "Per-region settings").
 *
 * The region is chosen as in openstacksdk (`OpenStackConfig._get_region` and `_get_known_regions` of
 * openstack/config/loader.py): the requested one, otherwise the first entry of `regions`. If the cloud has
 * `regions`, its `region_name` is ignored. A requested region that `regions` does not list is used without
 * values; openstacksdk refuses it.
 *
 * @param requested the region that the caller or OS_REGION_NAME requests
 */
export function inRegion(settings: Settings, requested: string | undefined): Settings {
  const regions = knownRegions(settings);
  const name = requested ?? text(regions[0] ?? {}, 'name');
  if (name === undefined) return { ...settings, region_name: undefined };
  const region = regions.find((entry) => text(entry, 'name') === name) ?? {};
  return { ...mergeSettings(settings, settingsAt(region, 'values')), region_name: name };
}

/**
 * The cloud's regions as `{name, values}`. An entry of `regions` may be a name; `region_name` may list
 * several.
 */
function knownRegions(settings: Settings): readonly Settings[] {
  const { regions, region_name } = settings;
  const entries: readonly unknown[] = Array.isArray(regions)
    ? regions
    : Array.isArray(region_name)
      ? region_name
      : (text(settings, 'region_name')?.split(',') ?? []);
  return entries.map((entry) => (isSettings(entry) ? entry : { name: entry }));
}
