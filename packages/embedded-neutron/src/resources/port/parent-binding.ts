import { neutronError } from '../../errors.ts';
import type { NbTransaction, Northbound } from '../../northbound/northbound.ts';
import { findPort, hasNested, nestedWithVlan, type Port } from '../../northbound/ports.ts';
import { trunkOn } from '../../northbound/trunks.ts';
import { type Caller, owns } from '../../policy/caller.ts';

/** Where a port is nested: under the virtual machine's port (its id is the vif-id), with a VLAN. */
export interface Nesting {
  readonly parent_name: string;
  readonly tag: number;
}

/** `binding:profile` in two parts: the keys that have columns in OVN, and the rest. */
export interface ParsedProfile {
  readonly nesting: Nesting | undefined;
  readonly rest: Readonly<Record<string, unknown>>;
}

/**
 * Reads `binding:profile`. `parent_name` and `tag` require each other.
 *
 * @throws NeutronError InvalidInput
 */
export function parseProfile(profile: Readonly<Record<string, unknown>> | null): ParsedProfile {
  const { parent_name, tag, ...rest } = profile ?? {};
  if (parent_name === undefined && tag === undefined) return { nesting: undefined, rest };
  if (parent_name === undefined || tag === undefined) {
    throw neutronError(
      'InvalidInput',
      "Invalid binding:profile. dict_keys(['parent_name', 'tag']) are all required.",
    );
  }
  if (typeof parent_name !== 'string') {
    throw neutronError(
      'InvalidInput',
      `Invalid binding:profile. parent_name "${String(parent_name)}" must be a string`,
    );
  }
  // With 0, OVN chooses a tag, and IEEE 802.1Q reserves 4095: the VM's switch can use neither.
  if (typeof tag !== 'number' || !Number.isInteger(tag) || tag < 1 || tag > 4094) {
    throw neutronError(
      'InvalidInput',
      `Invalid binding:profile. tag "${String(tag)}" must be an integer between 1 and 4094, inclusive`,
    );
  }
  return { nesting: { parent_name, tag }, rest };
}

/**
 * Checks that a port may be nested: the caller owns the parent, the parent is not itself nested, and no other
 * port under it uses the tag. The source document promises the first check ("Neutron in turn will verify that
 * the vif-id belongs to the tenant in question"), but stock Neutron checks none of this.
 *
 * @param port the id of the port to be nested
 * @throws NeutronError PortNotFound, ParentPortNested, PortIsParent, PortInUseByTrunk, ParentTagInUse
 */
export function requireParent(
  nb: Northbound,
  tx: NbTransaction,
  caller: Caller,
  port: string,
  { parent_name, tag }: Nesting,
): void {
  const parent = findPort(nb, parent_name);
  if (!parent || !owns(caller, parent)) throw neutronError('PortNotFound', parent_name);
  if (parent.parent_name !== undefined || parent.id === port)
    throw neutronError('ParentPortNested', parent_name);
  const self: Port | undefined = findPort(nb, port);
  if (self && (self.trunk_id !== null || trunkOn(nb, port))) throw neutronError('PortInUseByTrunk', port);
  if (self && hasChildren(nb, tx, port)) throw neutronError('PortIsParent', port);
  claimTag(nb, tx, port, { parent_name, tag }, (other) =>
    neutronError('ParentTagInUse', parent_name, tag, other),
  );
}

/** Whether ports are nested under a port. Part of a plan that relies on the answer. */
export function hasChildren(nb: Northbound, tx: NbTransaction, port: string): boolean {
  tx.watch('children', port);
  return hasNested(nb, port);
}

/**
 * Claims a tag under a parent for a port. If another port uses the tag, throws the error that `refusal`
 * returns.
 */
export function claimTag(
  nb: Northbound,
  tx: NbTransaction,
  port: string,
  { parent_name, tag }: Nesting,
  refusal: (other: string) => Error,
): void {
  const holder = nestedWithVlan(nb, parent_name, tag);
  if (holder !== undefined && holder.id !== port) throw refusal(holder.id);
  tx.claim('children', parent_name);
}
