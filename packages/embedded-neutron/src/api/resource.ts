import type { Backend } from '../backend.ts';
import type { NeutronError } from '../errors.ts';
import type { NbTransaction } from '../northbound/northbound.ts';
import type { Caller } from '../policy/caller.ts';

/** The body of a resource in a request. */
export type Body = Readonly<Record<string, unknown>>;
/** A resource as it is answered. */
export type Wire = Readonly<Record<string, unknown>>;

/** What all kinds of resources have in common for the routes. */
export interface Tagged {
  readonly id: string;
  readonly project_id: string;
  readonly tags: readonly string[];
  readonly revision_number: number;
}

/** One kind of resource: what the generic routes need to serve it. */
export interface Resource<T extends Tagged = Tagged> {
  /** Key of one in a body: `security_group`. */
  readonly singular: string;
  /** Key of many in a body: `security_groups`. */
  readonly plural: string;
  /** In URLs: `security-groups`. */
  readonly path: string;
  /** Attributes that lists can be filtered and sorted by. */
  readonly filters: readonly string[];
  readonly notFound: (id: string) => NeutronError;
  list(backend: Backend): readonly T[];
  find(backend: Backend, id: string): T | undefined;
  isVisible(backend: Backend, caller: Caller, item: T): boolean;
  render(backend: Backend, caller: Caller, item: T): Wire;
  create(backend: Backend, caller: Caller, bodies: readonly Body[]): Promise<string[]>;
  readonly update?: (
    backend: Backend,
    caller: Caller,
    id: string,
    body: Body,
    revision?: number,
  ) => Promise<void>;
  delete(backend: Backend, caller: Caller, id: string, revision?: number): Promise<void>;
  /** Writes other tags. Part of a plan; absent where Neutron has no tags. */
  readonly retag?: (backend: Backend, tx: NbTransaction, item: T, tags: readonly string[]) => void;
  /** Runs before a list is read. */
  readonly beforeList?: (backend: Backend, caller: Caller) => Promise<void>;
}

/** Keeps the type of one kind, and forgets it for a list of all kinds. */
export function resource<T extends Tagged>(definition: Resource<T>): Resource {
  return definition as unknown as Resource;
}
