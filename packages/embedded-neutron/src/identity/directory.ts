import { createHash } from 'node:crypto';
import type { IdentityConfig } from './identity-config.ts';

/** A project; its id is 32 hexadecimal digits unless configured. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** A user. `roles` maps project ids to role names, which include the implied roles. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: ReadonlyMap<string, readonly string[]>;
}

/** A role: admin, member or reader. */
export interface Role {
  readonly id: string;
  readonly name: string;
}

/** The roles that each role implies, as in Keystone. */
const implied: Readonly<Record<string, readonly string[]>> = {
  admin: ['admin', 'member', 'reader'],
  member: ['member', 'reader'],
  reader: ['reader'],
};

/** A domain in a request: by id or by name. */
interface DomainRef {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** A user or project in a request: by id, or by name and domain. */
interface Ref extends DomainRef {
  readonly domain?: DomainRef | undefined;
}

/** The configured users, projects and roles. Replicas with the same configuration have the same ids. */
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

  /** The user that a request names. */
  user(ref: Ref): User | undefined {
    return this.#find(this.users, ref);
  }

  /** The project that a request names. */
  project(ref: Ref): Project | undefined {
    return this.#find(this.projects, ref);
  }

  /** The names of a user's roles in a project. */
  rolesOf(user: User, projectId: string): readonly string[] {
    return user.roles.get(projectId) ?? [];
  }

  /** The roles with these names, in the same order. */
  describeRoles(names: readonly string[]): Role[] {
    return names.flatMap((name) => this.roles.filter((role) => role.name === name));
  }

  #find<T extends { readonly id: string; readonly name: string }>(
    all: readonly T[],
    ref: Ref,
  ): T | undefined {
    if (ref.id !== undefined) return all.find(({ id }) => id === ref.id);
    return this.#isDomain(ref.domain) ? all.find(({ name }) => name === ref.name) : undefined;
  }

  #isDomain(ref: DomainRef | undefined): boolean {
    if (ref === undefined) return false;
    return ref.id !== undefined ? ref.id === this.domain.id : ref.name === this.domain.name;
  }
}

/** An id derived from the name, so that all replicas use the same id. */
export function derivedId(kind: string, name: string): string {
  return createHash('sha256').update(`ovn-docker ${kind} ${name}`).digest('hex').slice(0, 32);
}
