import type { Cloud } from './cloud.ts';
import type { CloudName } from './cloud-name.ts';
import { configureApi, startApi } from './embedded.ts';
import { prepareOpenstack } from './openstack/prepare.ts';
import { serveOpenstack } from './openstack/serve.ts';

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  embedded: { prepare: configureApi, serve: (lab) => startApi(lab.machine('api')) },
  openstack: { prepare: prepareOpenstack, serve: serveOpenstack },
};
