import type { Lab } from '../lab.ts';
import type { Machine } from '../machine/machine.ts';
import type { Tenant } from '../topology.ts';

/** The users of a lab's API: the operator, and one user per tenant, a member of the project of that name. */
export const users = ['admin', 'alice', 'bob'] as const satisfies readonly (Tenant | 'admin')[];

/** The users' passwords, random for each lab. */
export type Passwords = Readonly<Record<(typeof users)[number], string>>;

/** The Keystone and Neutron of a lab, on the machine `api`. */
export interface Api {
  /** Sets up everything that does not need OVN: configuration, databases, users. */
  prepare(api: Machine): Promise<Passwords>;
  /** Starts Neutron and waits until it serves. OVN Northbound must be up. */
  serve(lab: Lab): Promise<void>;
}
