import { z } from 'zod';

/** What the command line asks of the agent on its socket, and what it answers. */
export const attachRequest = z.object({
  /** Chosen by the caller, so that it can name the NIC in a label before the container exists. */
  id: z.uuid(),
  /** The container that it is for. Others may have the same label: `docker commit` copies labels. */
  containerId: z.string().min(1).optional(),
  /** Name or id of the network. */
  network: z.string().min(1),
  /** Name for the Neutron port. */
  name: z.string(),
  /** A Keystone token; without it the agent's own credential is used. */
  cred: z.string().min(1).optional(),
  vifId: z.string().min(1).optional(),
  /** Names or ids of the security groups that it has instead of the project's default one. */
  securityGroups: z.array(z.string().min(1)).optional(),
  /** Names or ids of the security groups that it has besides. */
  extraSecurityGroups: z.array(z.string().min(1)).optional(),
});
export type AttachRequest = z.infer<typeof attachRequest>;

export const enterRequest = z.object({ containerId: z.string().min(1), pid: z.number().int().positive() });
export type EnterRequest = z.infer<typeof enterRequest>;

export const resolveRequest = attachRequest.pick({
  network: true,
  cred: true,
  vifId: true,
  securityGroups: true,
});
export type ResolveRequest = z.infer<typeof resolveRequest>;

export const fillRequest = z.object({ count: z.number().int().min(0).max(4094).optional() });

export interface NicView {
  readonly id: string;
  /** `found`, `making`, `warm`, `claimed` or `draining`. */
  readonly state: string;
  readonly network: string;
  readonly port?: string;
  readonly mac?: string;
  readonly addresses: string[];
  readonly vlan?: number;
  readonly container?: string;
  /** libnetwork's endpoint, for a container that came by the driver. */
  readonly endpoint?: string;
}

export interface NetworkView {
  readonly id: string;
  readonly name: string;
  /** The domain of the network's ports, without a dot at its end. */
  readonly domain?: string;
  /** Ids of the security groups that were asked for. */
  readonly securityGroups?: readonly string[];
  readonly subnets: { id: string; cidr: string; dns: readonly string[]; gateway?: string }[];
}

export interface StatusView {
  readonly vifId: string;
  readonly mode: string;
  readonly bridge: string;
  readonly vlans: { used: number; free: number };
  readonly nics: NicView[];
  readonly draining: number;
}

/** Why a pool that somebody drained is not filled. */
export const DRAINED_BY_HAND = 'drained by hand';

/** A pool of warm NICs, for `ovn-docker pool list`. */
export interface PoolView {
  /** Name of the network, or its id where it has none. */
  readonly network: string;
  readonly networkId: string;
  readonly subnets: readonly string[];
  /** Ids of security groups; missing: the project's default one. */
  readonly securityGroups?: readonly string[];
  readonly warm: number;
  readonly making: number;
  readonly claimed: number;
  readonly low: number;
  readonly high: number;
  /** Why it is not filled at the moment. */
  readonly paused?: string;
}

/** A leftover, for `ovn-docker gc`. */
export interface FindingView {
  readonly kind: string;
  readonly what: string;
  readonly evidence: string;
  readonly action: string;
  /** Why it could not be put right. */
  readonly error?: string;
}

/** One border of a stage of attach or detach, for `ovn-docker events`. */
export interface EventView {
  /** ISO 8601. */
  readonly time: string;
  readonly stage: string;
  readonly direction: 'up' | 'down';
  readonly moment: 'before' | 'after' | 'failed';
  /** Of the whole stage, for all its NICs; 0 before it. */
  readonly milliseconds: number;
  readonly nics: readonly { readonly id: string; readonly vlan?: number; readonly port?: string }[];
}
