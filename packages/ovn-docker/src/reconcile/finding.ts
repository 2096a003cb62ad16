import type { Port } from '@ovn-docker/openstack';
import type { DriverNetwork } from '../clients/docker-engine.ts';
import type { DriftKind } from '../nics/health.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import type { Disconnection } from '../vm/parent-link/parent-link.ts';

/** A difference between what the agent knows and what it observes, in words for people. */
export interface FindingText {
  readonly what: string;
  readonly evidence: string;
  readonly action: string;
}

/** Defects that the agent repairs in place. */
export type RepairableKind =
  | Disconnection['kind']
  | DriftKind
  | 'unnoticed link'
  | 'wrong guard'
  | 'down port';

/** Defects that take a NIC out of use. */
type FatalKind = 'lost port' | 'changed port' | 'dead port' | 'shared VLAN';

export type DefectKind = RepairableKind | FatalKind;

/** A defect of a NIC that should be complete. The NIC can lose its port before the agent acts. */
export type DefectFinding = FindingText & { readonly nic: Nic } & (
    | { readonly kind: RepairableKind }
    | { readonly kind: FatalKind }
  );

/** An unclaimed NIC of an earlier agent. */
export type Leftover = Extract<Finding, { kind: 'leftover NIC' }>;

/** Everything that a pass can find. */
export type Finding =
  | DefectFinding
  | (FindingText &
      (
        | { readonly kind: 'found NIC'; readonly nic: Nic; readonly claim: FoundClaim }
        | { readonly kind: 'leftover NIC'; readonly nic: Nic }
        | {
            readonly kind: 'unused claim' | 'dead endpoint' | 'dead container';
            readonly nic: Nic;
            /** The NIC's claim at that time. The agent finishes the NIC only if it still has this claim. */
            readonly claim: Claim;
            readonly endpointId?: string;
          }
        | { readonly kind: 'stray port'; readonly port: Port }
        | { readonly kind: 'wrong flows'; readonly name: string }
        | { readonly kind: 'stray row'; readonly name: string; readonly nicId: string }
        | { readonly kind: 'stray interface'; readonly name: string; readonly alias: string }
        | {
            readonly kind: 'forgotten Docker network';
            readonly dockerId: string;
            readonly network: DriverNetwork;
          }
        | { readonly kind: 'stray Docker network'; readonly dockerId: string }
        | { readonly kind: 'stray network'; readonly networkId: string }
      ));

/** The container that Docker names for a NIC whose row lost its claim. */
export type FoundClaim =
  | { readonly label: string; readonly containerId: string }
  | { readonly endpointId: string };

/** Identifies a finding: the same in every pass. */
export function findingKey(finding: Finding): string {
  return `${finding.kind} ${subjectOf(finding)}`;
}

function subjectOf(finding: Finding): string {
  if ('nic' in finding) return finding.nic.id;
  if ('port' in finding) return finding.port.id;
  if ('name' in finding) return finding.name;
  return 'networkId' in finding ? finding.networkId : finding.dockerId;
}

/** Findings that are handled one by one; leftovers are handled in batches. */
export type SingleFinding = Exclude<Finding, Leftover>;

type Recognition = Extract<Finding, { kind: 'forgotten Docker network' | 'found NIC' }>;

/** Whether handling the finding only records the owner of a NIC or network, and changes nothing else. */
export function isRecognition(finding: Finding): finding is Recognition {
  return finding.kind === 'forgotten Docker network' || finding.kind === 'found NIC';
}

export function isLeftover(finding: Finding): finding is Leftover {
  return finding.kind === 'leftover NIC';
}

const NEED_CONFIRMATION: ReadonlySet<Finding['kind']> = new Set([
  'unused claim',
  'dead endpoint',
  'dead container',
  'stray Docker network',
  'stray network',
  'wrong row',
  'unnoticed link',
]);

/**
 * Whether two passes in a row must report the finding before the agent acts: Docker, the agent itself or
 * ovs-vswitchd can be in the middle of a change. The age of a claim of an earlier agent can be wrong: that
 * agent may have written it before NTP corrected the VM's clock.
 */
export function needsConfirmation({ kind }: Finding): boolean {
  return NEED_CONFIRMATION.has(kind);
}
