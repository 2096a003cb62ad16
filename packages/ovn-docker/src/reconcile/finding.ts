import type { Port } from '@ovn-docker/openstack';
import type { DriverNetwork } from '../clients/docker-engine.ts';
import type { Claim, Nic } from '../nics/nic.ts';

/** Something that is not as it should be, with what shows it and what is done about it. */
export interface FindingText {
  readonly what: string;
  readonly evidence: string;
  readonly action: string;
}

/** What may be wrong with a NIC. */
export type DefectKind =
  | 'lost port'
  | 'changed port'
  | 'lost subport'
  | 'moved subport'
  | 'lost binding'
  | 'unplugged'
  | 'wrong tag'
  | 'broken pair'
  | 'down port'
  | 'dead port';

/** A NIC of a former agent that nobody has. */
export type Leftover = Extract<Finding, { kind: 'leftover NIC' }>;

/** The kinds of findings, in the order in which they are put right. */
export type Finding = FindingText &
  (
    | { readonly kind: 'found NIC'; readonly nic: Nic; readonly claim: FoundClaim }
    | { readonly kind: 'leftover NIC'; readonly nic: Nic }
    | {
        readonly kind: 'unused claim' | 'dead endpoint' | 'dead container';
        readonly nic: Nic;
        /** As it was: somebody may have come for the NIC since. */
        readonly claim: Claim;
        readonly endpointId?: string;
      }
    | {
        readonly kind: DefectKind;
        readonly nic: Nic;
      }
    | { readonly kind: 'stray port'; readonly port: Port }
    | { readonly kind: 'stray row'; readonly name: string; readonly nicId: string }
    | { readonly kind: 'stray interface'; readonly name: string; readonly alias: string }
    | {
        readonly kind: 'forgotten Docker network';
        readonly dockerId: string;
        readonly network: DriverNetwork;
      }
    | { readonly kind: 'stray Docker network'; readonly dockerId: string }
    | { readonly kind: 'stray network'; readonly networkId: string }
  );

/** Whose a NIC is by what Docker says, when the note on its row is lost. */
export type FoundClaim =
  | { readonly label: string; readonly containerId: string }
  | { readonly endpointId: string };

/** What a finding is about, the same in every pass. */
export function findingKey(finding: Finding): string {
  const about =
    'nic' in finding
      ? finding.nic.id
      : 'port' in finding
        ? finding.port.id
        : 'name' in finding
          ? finding.name
          : 'networkId' in finding
            ? finding.networkId
            : finding.dockerId;
  return `${finding.kind} ${about}`;
}

/** Findings that are put right each for itself; leftovers all together. */
export type SingleFinding = Exclude<Finding, Leftover>;

type Recognition = Extract<Finding, { kind: 'forgotten Docker network' | 'found NIC' }>;

/** Findings that only say whose something is. */
export function isRecognition(finding: Finding): finding is Recognition {
  return finding.kind === 'forgotten Docker network' || finding.kind === 'found NIC';
}

export function isLeftover(finding: Finding): finding is Leftover {
  return finding.kind === 'leftover NIC';
}

const CONFIRMED: ReadonlySet<Finding['kind']> = new Set([
  'dead endpoint',
  'dead container',
  'stray Docker network',
  'stray network',
]);

/** Findings that another look must confirm before anything is done without being asked to: Docker may be in between. */
export function needsConfirmation({ kind }: Finding): boolean {
  return CONFIRMED.has(kind);
}
