import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, startApi } from '@ovn-docker/lab';
import { parse, stringify } from 'yaml';

/**
 * Changes keys in the section `network` of embedded-neutron's configuration and restarts it. Returns the
 * function that restores the former configuration.
 */
export async function configureEmbedded(
  lab: Lab,
  change: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  const api = lab.machine('api');
  const file = join(api.places.data, 'etc', 'embedded-neutron', 'config.yaml');
  const before = readFileSync(file, 'utf8');
  const apply = async (text: string) => {
    writeFileSync(file, text);
    await api.stop('embedded-neutron');
    await startApi(api);
  };
  const config = parse(before) as { network?: object };
  await apply(stringify({ ...config, network: { ...config.network, ...change } }));
  return () => apply(before);
}
