import type { Api } from './api.ts';
import type { ApiKind } from './api-kind.ts';
import { configureApi, startApi } from './embedded.ts';
import { prepareOpenstack } from './openstack/prepare.ts';
import { serveOpenstack } from './openstack/serve.ts';

/** The functions that set up and start each kind of API. */
export const apis: Readonly<Record<ApiKind, Api>> = {
  embedded: { prepare: configureApi, serve: (lab) => startApi(lab.machine('api')) },
  openstack: { prepare: prepareOpenstack, serve: serveOpenstack },
};
