import type { Extensions } from '../cloud/extensions.ts';
import type { Answer, NeutronApi } from '../cloud/neutron-api.ts';
import type { OwnPorts } from '../cloud/own-ports.ts';
import type { SecurityGroups, Trunks } from '../cloud/project-resources.ts';
import type { VisibleNetworks } from '../cloud/visible-networks.ts';
import type { Config } from '../config.ts';
import type { Vm } from '../policy/vm.ts';

/** Neutron as the broker uses it for all VMs. */
export interface Backend {
  readonly api: NeutronApi;
  readonly ports: OwnPorts;
  readonly networks: VisibleNetworks;
  readonly groups: SecurityGroups;
  readonly trunks: Trunks;
  readonly extensions: Extensions;
  readonly config: Pick<Config, 'limits' | 'parent_mode'>;
}

/** A VM's request to Neutron's API. */
export interface Call {
  readonly vm: Vm;
  /** The id in the path; an empty string if the path has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** The URL without its query, for links. */
  readonly url: string;
  /** The body as JSON. @throws Refusal `body` */
  body(): Promise<unknown>;
  /** What the broker passes on with a change. */
  readonly passed: { readonly ifMatch?: string | undefined; readonly requestId?: string | undefined };
}

/** A request that the broker passes on. */
export interface AllowedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{id}` is the resource, `{project}` the id of the VM's project. */
  readonly path: string;
  /** Whether only a VM that may create networks may send it. */
  readonly forNetworks?: true;
  /** What the broker checks and changes, for docs/broker.md. */
  readonly checks: string;
  run(call: Call, backend: Backend): Promise<Answer>;
}
