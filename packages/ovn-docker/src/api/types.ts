import { z } from 'zod';
import { outsideText } from '../clients/outside-text.ts';
import type { ProbeEvent } from '../observe/probe-events.ts';

const text = outsideText().min(1);
/** A part of a path of the agent's API: a name or an id. */
export const pathPart = text;

/** Asks the agent to prepare a NIC. */
export const attachRequest = z.object({
  /** The caller chooses the id: it labels the container with it before it requests the NIC. */
  id: z.uuid(),
  /**
   * The container that may have the NIC. The label alone does not identify it: a container of an image that
   * `docker commit` made has the same label.
   */
  containerId: text.optional(),
  /** Name or id of the network. */
  network: text,
  /** Name for the Neutron port. */
  name: outsideText(),
  /** A Keystone token; without it the agent uses its own credential. */
  cred: z
    .string()
    .max(65_536)
    .regex(/^[\x21-\x7e]+$/, 'contains characters that no token has')
    .optional(),
  vifId: text.optional(),
  /** Names or ids of security groups that replace the project's default one. */
  securityGroups: z.array(text).max(1000).optional(),
  /** IP addresses that the container must have, at most one of each version. */
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .max(2)
    .optional(),
  mac: z.mac().toLowerCase().optional(),
  /** The caller published ports, which the agent cannot do. */
  publishes: z.boolean().optional(),
  /** Names or ids of additional security groups. */
  extraSecurityGroups: z.array(text).max(1000).optional(),
});
export type AttachRequest = z.infer<typeof attachRequest>;

export const enterRequest = z.object({
  containerId: text,
  pid: z.number().int().positive().max(4_194_304),
  /** The user disabled IPv6 in the container. */
  withoutIpv6: z.boolean().optional(),
});
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
  /** libnetwork's endpoint id, if the container uses the network driver. */
  readonly endpoint?: string;
  /** No container has it: the agent probes containers from it. */
  readonly isOutpost?: true;
}

export interface NetworkView {
  readonly id: string;
  readonly name: string;
  /** The DNS domain of the network's ports, without the dot at its end. */
  readonly domain?: string;
  /** Ids of the requested security groups. */
  readonly securityGroups?: readonly string[];
  readonly subnets: { id: string; cidr: string; dns: readonly string[]; gateway?: string }[];
}

export interface StatusView {
  readonly vifId: string;
  readonly mode: string;
  readonly bridge: string;
  readonly vlans: { used: number; free: number };
  readonly nics: NicView[];
  /** The number of NICs that are deleted in this VM, but not yet in Neutron. */
  readonly draining: number;
  /** Why the agent works without Neutron's confirmation. */
  readonly unconfirmed?: string;
}

/** Why the agent does not fill a pool that the user drained. */
export const DRAINED_BY_HAND = 'drained by hand';

/** A pool of warm NICs, for `ovn-docker pool list`. */
export interface PoolView {
  /** Name of the network, or its id if it has no name. */
  readonly network: string;
  readonly networkId: string;
  readonly subnets: readonly string[];
  /** Ids of security groups; without them the project's default one applies. */
  readonly securityGroups?: readonly string[];
  readonly warm: number;
  readonly making: number;
  readonly claimed: number;
  readonly low: number;
  readonly high: number;
  /** Why the agent does not fill the pool at the moment. */
  readonly paused?: string;
}

/** A finding of the reconciler, for `ovn-docker gc`. */
export interface FindingView {
  readonly kind: string;
  readonly what: string;
  readonly evidence: string;
  readonly action: string;
  /** Why the agent could not remove it. */
  readonly error?: string;
}

/** What `ovn-docker events` shows: the stages of attach and detach, results of probes, and warnings. */
export type EventView = StageView | ProbeEventView | WarningView;

/** The first result of a container's probe, or one that differs from the last. */
export interface ProbeEventView extends ProbeEvent {
  /** ISO 8601. */
  readonly time: string;
}

/** Something that the agent did not refuse, but that a person should know. */
export interface WarningView {
  /** ISO 8601. */
  readonly time: string;
  readonly warning: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The start or end of a stage of attach or detach. */
export interface StageView {
  /** ISO 8601. */
  readonly time: string;
  readonly stage: string;
  /** `up` in an attach; `down` in a detach or a rollback. */
  readonly direction: 'up' | 'down';
  readonly moment: 'before' | 'after' | 'failed';
  /** Whether there was anything to do; false at the start of the stage. */
  readonly hasWork: boolean;
  /** Duration of the stage for all its NICs; 0 at its start. */
  readonly milliseconds: number;
  readonly nics: readonly { readonly id: string; readonly vlan?: number; readonly port?: string }[];
}
