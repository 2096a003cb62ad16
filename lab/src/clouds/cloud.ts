import type { Lab } from '../lab.ts';
import type { Machine } from '../machine/machine.ts';
import type { Tenant } from '../topology.ts';

/** Users of the lab's cloud: each tenant is a project with a member of the same name, and there is an operator. */
export const users = ['admin', 'alice', 'bob'] as const satisfies readonly (Tenant | 'admin')[];

/** Made up anew for every lab. */
export type Passwords = Readonly<Record<(typeof users)[number], string>>;

/** The API host's part of a lab. */
export interface Cloud {
  /** All that needs no OVN: configuration, databases, users. */
  prepare(api: Machine): Promise<Passwords>;
  /** Starts what talks to OVN Northbound, and waits until it serves. */
  serve(lab: Lab): Promise<void>;
}
