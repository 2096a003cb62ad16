import type { Port } from '@ovn-docker/openstack';
import { interfaceNames } from '../nics/names.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import { isFitForOthers } from '../nics/plain-port.ts';
import { isUnderParent, SUBPORT_OWNER } from '../vm/parent-link/parent-link.ts';
import { describe, type Held, type Parts, rowOf } from './agent-view.ts';
import { TRIES } from './down-ports.ts';
import type { DefectKind, Finding } from './finding.ts';
import type { Observation } from './observe.ts';

export interface Defect {
  readonly nic: Nic;
  readonly finding: Finding;
}

/** Something of a NIC that should be complete is missing. */
export function incomplete(nic: Nic, held: Held, seen: Observation, parts: Parts): Defect[] {
  const { port, vlan } = nic;
  if (!port || vlan === undefined) return [];
  const { vmEnd } = interfaceNames(vlan);
  const isWarm = nic.state === 'warm';
  const cutOff = 'none: its container is cut off; start it again';
  const finding = (kind: DefectKind, evidence: string, action: string): Defect[] => [
    { nic, finding: { kind, nic, what: describe(nic), evidence, action } },
  ];

  const now = parts.ports.get(port.id);
  // Of one that is not used again anyway, nothing more is said; a warm one is used again.
  if (!now && nic.isSpent && !isWarm) return [];
  if (!now) return finding('lost port', `Neutron has no port ${port.id}`, isWarm ? 'remove it' : cutOff);
  const isFit = nic.isSpent ? !isWarm : isFitForOthers(nic.target, port, now);
  if (isPlain(nic) && !isFit) {
    return finding('changed port', `somebody has changed port ${port.id}`, 'not to be used for the next one');
  }
  const detached = detachment(now, vlan, held.vm, seen);
  if (detached) return finding(...detached);
  const row = rowOf(nic, parts);
  if (!row) return finding('unplugged', `the VM's switch has no port ${vmEnd}`, 'plug it again');
  if (row.vlan !== vlan) {
    return finding('wrong tag', `the VM's switch has ${vmEnd} under tag ${row.vlan ?? '-'}`, 'set it back');
  }
  const isBroken = isWarm ? !held.isWhole(nic) : !parts.links.has(vmEnd);
  if (!isBroken) return [];
  const canRenew = isWarm || nic.claim?.label !== undefined;
  return finding('broken pair', `${vmEnd} or its other end is gone`, canRenew ? 'make it anew' : cutOff);
}

/** What is wrong between a port and its parent, if something is. */
function detachment(
  now: Port,
  vlan: number,
  vm: Held['vm'],
  { subports }: Observation,
): [kind: DefectKind, evidence: string, action: string] | undefined {
  if (isUnderParent({ port: now, vlan }, vm, subports)) return undefined;
  const carried = subports.get(now.id);
  if (carried !== undefined) {
    return ['moved subport', `the VM's trunk carries it under VLAN ${carried}`, 'add it under its own again'];
  }
  if (vm.mode === 'trunk' || now.device_owner === SUBPORT_OWNER) {
    return [
      'lost subport',
      `the VM's trunk does not carry it under VLAN ${vlan}`,
      'add it to the trunk again',
    ];
  }
  const { parent_name: parent = '-', tag = '-' } = now['binding:profile'] ?? {};
  return ['lost binding', `Neutron has it under parent ${parent} with VLAN ${tag}`, 'bind it again'];
}

/** NICs that are dealt with at once: all that a slow hypervisor has not bound yet, would only make it slower. */
const DOWN_AT_ONCE = 5;

/** How long a hypervisor that has much to do may take to bind a port, in milliseconds, whatever the patience with containers is. */
const SLOW_HYPERVISOR_MS = 15_000;

/** Ports that Neutron shows DOWN for longer than patience, those first that have been so for longest. */
export function staysDown(
  settled: readonly Nic[],
  defective: ReadonlySet<Nic>,
  { down }: Held,
  { at, patienceMs }: { at: number; patienceMs: number },
): Finding[] {
  const found = settled
    .filter((nic) => nic.state !== 'found' && !defective.has(nic))
    .flatMap((nic) => {
      const is = nic.port && down(nic.port.id);
      return is && is.tries <= TRIES && at - is.since >= Math.max(patienceMs, SLOW_HYPERVISOR_MS)
        ? [{ nic, is }]
        : [];
    })
    .sort((a, b) => a.is.since - b.is.since)
    .slice(0, DOWN_AT_ONCE);
  return found.map(({ nic, is: { since, tries } }) => {
    const what = describe(nic);
    const evidence = `Neutron shows it DOWN since ${new Date(since).toISOString()}, and the VM's own port ACTIVE`;
    const action = `take it from its parent and give it back (${tries + 1} of ${TRIES})`;
    if (tries < TRIES) return { kind: 'down port', nic, what, evidence, action };
    const giveUp = nic.state === 'warm' ? 'remove it' : 'none: nothing has helped; look at the hypervisor';
    return { kind: 'dead port', nic, what, evidence, action: giveUp };
  });
}
