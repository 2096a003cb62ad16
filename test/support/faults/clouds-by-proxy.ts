import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type MachineName, urls } from '@ovn-docker/lab';
import { ApiProxy } from './api-proxy.ts';

/** The keys of an agent's configuration that make it use the proxy. */
export interface CloudByProxy {
  readonly config: { readonly clouds_yaml: string; readonly cloud: string };
  remove(): void;
}

/**
 * Writes a second clouds.yaml into the VM: the same credential, with Keystone (and so Neutron) behind the
 * proxy.
 */
export function cloudByProxy(lab: Lab, vm: MachineName): CloudByProxy {
  const directory = join(lab.machine(vm).places.data, 'etc', 'ovn-docker');
  const file = join(directory, 'clouds-by-proxy.yaml');
  const direct = readFileSync(join(directory, 'clouds.yaml'), 'utf8');
  writeFileSync(file, direct.replace(urls.identity, ApiProxy.identity), { mode: 0o600 });
  return {
    config: { clouds_yaml: '/etc/ovn-docker/clouds-by-proxy.yaml', cloud: 'lab' },
    remove: () => rmSync(file),
  };
}
