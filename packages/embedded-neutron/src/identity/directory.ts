import { createHash } from 'node:crypto';
import type { IdentityConfig } from './identity-config.ts';

/** A project; its id is 32 hexadecimal digits unless configured. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** A user. `roles` are names by project id, with what they imply. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: ReadonlyMap<string, readonly string[]>;
}

/** A role; the names are admin, member and reader. */
export interface Role {
  readonly id: string;
  readonly name: string;
}

/** Keystone's own implications: who may write may read, and so on. */
const implied: Readonly<Record<string, readonly string[]>> = {
  admin: ['admin', 'member', 'reader'],
  member: ['member', 'reader'],
  reader: ['reader'],
};

/** How a request names a domain. */
export interface DomainRef {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** Users, projects and roles as configured. The same file gives the same ids on every replica. */
export class Directory {
  readonly domain: { readonly id: string; readonly name: string };
  readonly projects: readonly Project[];
  readonly users: readonly User[];
  readonly roles: readonly Role[] = ['admin', 'member', 'reader'].map((name) => ({
    id: derivedId('role', name),
    name,
  }));

  constructor(config: Pick<IdentityConfig, 'domain' | 'projects' | 'users'>) {
    this.domain = config.domain;
    this.projects = config.projects.map(({ id, name, description }) => ({
      id: id ?? derivedId('project', name),
      name,
      description,
    }));
    const idOf = new Map(this.projects.map(({ id, name }) => [name, id]));
    this.users = config.users.map((user) => ({
      id: user.id ?? derivedId('user', user.name),
      name: user.name,
      passwordHash: user.passwordHash,
      roles: new Map(
        Object.entries(user.roles).map(([project, roles]) => [
          idOf.get(project) ?? project,
          [...new Set(roles.flatMap((role) => implied[role] ?? [role]))],
        ]),
      ),
    }));
  }

  user(ref: {
    id?: string | undefined;
    name?: string | undefined;
    domain?: DomainRef | undefined;
  }): User | undefined {
    if (ref.id !== undefined) return this.users.find(({ id }) => id === ref.id);
    return this.isDomain(ref.domain) ? this.users.find(({ name }) => name === ref.name) : undefined;
  }

  project(ref: {
    id?: string | undefined;
    name?: string | undefined;
    domain?: DomainRef | undefined;
  }): Project | undefined {
    if (ref.id !== undefined) return this.projects.find(({ id }) => id === ref.id);
    return this.isDomain(ref.domain) ? this.projects.find(({ name }) => name === ref.name) : undefined;
  }

  rolesOf(user: User, projectId: string): readonly string[] {
    return user.roles.get(projectId) ?? [];
  }

  /** The roles with their ids, in the order given. */
  describeRoles(names: readonly string[]): Role[] {
    return names.flatMap((name) => this.roles.filter((role) => role.name === name));
  }

  isDomain(ref: DomainRef | undefined): boolean {
    if (ref === undefined) return false;
    return ref.id !== undefined ? ref.id === this.domain.id : ref.name === this.domain.name;
  }
}

/** An id that follows from the name, so that replicas agree without talking. */
export function derivedId(kind: string, name: string): string {
  return createHash('sha256').update(`ovn-docker ${kind} ${name}`).digest('hex').slice(0, 32);
}
