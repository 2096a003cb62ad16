/**
 * A container that is open where a long message is cut: its kind, and the key of the next open container in
 * it.
 */
export interface SpineLevel {
  readonly kind: 'object' | 'array';
  /**
   * Key of the open child; undefined in an array (the child is its last element) and in the innermost
   * container.
   */
  readonly childKey: string | undefined;
}

/**
 * A piece of a message, parsed on its own: the members between two cuts, inside copies of the containers that
 * were open at the first cut. A message that was not cut is one part with an empty spine.
 */
export interface MessagePart {
  readonly spine: readonly SpineLevel[];
  /** Undefined when there are `members`. */
  readonly value: unknown;
  /** `[key, value, key, value, …]`: the members that the part adds to the innermost object of the spine. */
  readonly members?: readonly unknown[];
  /** Length of its text, in bytes. */
  readonly bytes: number;
  /** Whether this part ends the message. */
  readonly last: boolean;
}

type Container = Record<string, unknown> | unknown[];

const SEGMENTS = Symbol('segments');

/** Assembles a message from its parts. */
export function assemble(parts: readonly MessagePart[]): unknown {
  return join(parts, false);
}

/**
 * Like `assemble`, but an object that spans several parts stays in segments: copying 100,000 members into one
 * object would block the event loop. Read the objects of such a message only with `segmentsOf`.
 */
export function assembleSegmented(parts: readonly MessagePart[]): unknown {
  return join(parts, true);
}

/** Returns the objects that together contain the members of an object of a segmented message. */
export function segmentsOf<V>(object: Readonly<Record<string, V>>): readonly Readonly<Record<string, V>>[] {
  const more = (object as { [SEGMENTS]?: Record<string, V>[] })[SEGMENTS];
  return more ? [object, ...more] : [object];
}

function join(parts: readonly MessagePart[], segmented: boolean): unknown {
  const [first, ...rest] = parts;
  for (const part of rest)
    graft(first?.value as Container, partValue(part) as Container, part.spine, 0, segmented);
  return first?.value;
}

/** The value of a part that was parsed to a value or to members. */
export function partValue({
  spine,
  value,
  members,
}: Pick<MessagePart, 'spine' | 'value' | 'members'>): unknown {
  if (!members) return value;
  const object: Record<string, unknown> = {};
  for (let i = 0; i < members.length; i += 2) setOwn(object, members[i] as string, members[i + 1]);
  return spine
    .slice(0, -1)
    .reduceRight<unknown>(
      (inner, { kind, childKey }) => (kind === 'array' ? [inner] : { [childKey ?? '']: inner }),
      object,
    );
}

/** Adds the content of `part` to `target`, the container that it continues. */
function graft(
  target: Container,
  part: Container,
  spine: readonly SpineLevel[],
  level: number,
  segmented: boolean,
): void {
  const innermost = level === spine.length - 1;
  if (Array.isArray(target)) {
    const more = part as unknown[];
    if (!innermost) graft(target.at(-1) as Container, more[0] as Container, spine, level + 1, segmented);
    for (let i = innermost ? 0 : 1; i < more.length; i++) target.push(more[i]);
    return;
  }
  const more = part as Record<string, unknown>;
  if (innermost && segmented) {
    const holder = target as { [SEGMENTS]?: unknown[] };
    if (holder[SEGMENTS]) holder[SEGMENTS].push(more);
    else holder[SEGMENTS] = [more];
    return;
  }
  const childKey = innermost ? undefined : spine[level]?.childKey;
  for (const key of Object.keys(more)) {
    const child = target[key];
    if (key === childKey && isContainer(child) && isContainer(more[key]))
      graft(child, more[key], spine, level + 1, segmented);
    else setOwn(target, key, more[key]);
  }
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** Sets a member as JSON.parse does: a plain assignment to `__proto__` would change the prototype instead. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
