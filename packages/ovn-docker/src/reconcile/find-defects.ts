import { hasNoteOf } from '../nics/guarded-port.ts';
import { type DriftKind, driftsOf, isUnnoticed } from '../nics/health.ts';
import { interfaceNames } from '../nics/names.ts';
import { isPlain, isPlugged, type Nic, type PluggedNic, pluggedOf } from '../nics/nic.ts';
import { isFitForOthers } from '../nics/plain-port.ts';
import { type AgentView, describe, type Parts, seenIn } from './agent-view.ts';
import { type Down, MANY, TRIES } from './down-ports.ts';
import type { DefectFinding, DefectKind } from './finding.ts';
import type { Observation } from './observe.ts';

/** Moving a running container to another VLAN would interrupt its connections. */
const SHARES = 'do not reuse it: its container shares the VLAN until one of the two is removed';
const CUT_OFF = 'none: its container is cut off; start it again';

/** The first defect of a NIC that should be complete; undefined when all its parts are there. */
export function findDefect(
  nic: Nic,
  view: AgentView,
  observation: Observation,
  parts: Parts,
): DefectFinding | undefined {
  if (!isPlugged(nic)) return undefined;
  const { port, vlan } = nic;
  const { vmEnd } = interfaceNames(vlan);
  const isWarm = nic.state === 'warm';
  const defect = (kind: DefectKind, evidence: string, action: string): DefectFinding => ({
    kind,
    nic,
    what: describe(nic),
    evidence,
    action,
  });

  const observed = parts.ports.get(port.id);
  // A spent NIC is deleted with its container anyway; a warm one would be reused.
  if (!observed && nic.isSpent && !isWarm) return undefined;
  if (!observed) return defect('lost port', `Neutron has no port ${port.id}`, isWarm ? 'remove it' : CUT_OFF);
  const seen = seenIn(parts, nic);
  const isMisguarded = seen.row !== undefined && !hasNoteOf(seen.row.externalIds, observed);
  const misguarded = () => {
    const evidence = `port ${port.id} may use other MAC addresses than its guard flows permit`;
    return defect('wrong guard', evidence, 'follow the port');
  };
  // Before all others: the guard may be dropping frames of its container that the port allows.
  if (isMisguarded && !isWarm) return misguarded();
  const isFit = nic.isSpent ? !isWarm : isFitForOthers(nic.target, port, observed);
  if (isPlain(nic) && !isFit) {
    return defect('changed port', `port ${port.id} is not as it was made`, 'do not reuse it');
  }
  const disconnection = view.vm.parentLinks.disconnection(observed, vlan, observation.subports);
  if (disconnection) return defect(disconnection.kind, disconnection.evidence, disconnection.action);
  const [drift] = driftsOf(nic, seen);
  if (drift) {
    const canRenew = isWarm || nic.claim?.label !== undefined;
    const action = drift.kind === 'broken pair' && !canRenew ? CUT_OFF : ACTIONS[drift.kind];
    return defect(drift.kind, drift.evidence, action);
  }
  if (isMisguarded) return misguarded();
  const others = observation.vlanUsers.get(vlan)?.filter((name) => name !== vmEnd) ?? [];
  if (others.length > 0) {
    const evidence = `on the VM's bridge ${others.join(' and ')} of another program has VLAN ${vlan} too`;
    return defect('shared VLAN', evidence, isWarm ? 'remove it' : SHARES);
  }
  if (!isUnnoticed(seen)) return undefined;
  return defect('unnoticed link', `${vmEnd} is up, and ovs-vswitchd takes it for down`, 'plug it again');
}

const ACTIONS: Readonly<Record<DriftKind, string>> = {
  unplugged: 'plug it again',
  'wrong VLAN': 'set it back',
  'wrong row': 'write it again',
  'broken pair': 'make it again',
  'wrong link': 'set it back',
  'not switched': 'plug it again',
};

/** How long a busy hypervisor can take to bind a port, in milliseconds: the least patience. */
const SLOW_HYPERVISOR_MS = 15_000;

interface NicDown {
  readonly nic: PluggedNic;
  readonly down: Down;
}

/** NICs whose ports stay DOWN longer than the patience, those first that have been DOWN longest. */
export function findDownPorts(
  nics: readonly Nic[],
  view: AgentView,
  { at, patienceMs }: { at: number; patienceMs: number },
): DefectFinding[] {
  const patience = Math.max(patienceMs, SLOW_HYPERVISOR_MS);
  const down = pluggedOf(nics)
    .filter(({ state }) => state !== 'found')
    .flatMap((nic): NicDown[] => {
      const since = view.down(nic.port.id);
      return since && since.tries <= TRIES ? [{ nic, down: since }] : [];
    });
  const tried = down.filter((each) => each.down.tries > 0);
  const candidates = view.areDownTogether && tried.length > 0 ? tried : down;
  return candidates
    .filter((each) => at - each.down.since >= patience)
    .sort((a, b) => a.down.since - b.down.since)
    .slice(0, view.areDownTogether ? 1 : MANY)
    .map(({ nic, down: { since, tries } }) => {
      const what = describe(nic);
      const evidence = `Neutron reports it DOWN since ${new Date(since).toISOString()}, and the VM's own port ACTIVE`;
      const action = `take it from its parent and give it back (${tries + 1} of ${TRIES})`;
      if (tries < TRIES) return { kind: 'down port', nic, what, evidence, action };
      const giveUp = nic.state === 'warm' ? 'remove it' : 'none: nothing has helped; look at the hypervisor';
      return { kind: 'dead port', nic, what, evidence, action: giveUp };
    });
}
