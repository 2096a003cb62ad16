import { createHash } from 'node:crypto';
import type { Northbound } from '../northbound/northbound.ts';
import { type Domain, nameIn, openEntityTables, type Project, type Role, type User } from './entities.ts';
import { EntityStore } from './entity-store.ts';
import { type Grant, Grants, type Scope } from './grants.ts';
import type { IdentityConfig } from './identity-config.ts';

/** The role that each role implies, as in Keystone. A role of another name implies none. */
const implied: ReadonlyMap<string, string> = new Map([
  ['admin', 'member'],
  ['member', 'reader'],
]);

/** A domain in a request: by id or by name. */
export interface DomainRef {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** A user or project in a request: by id, or by name and domain. */
export interface Ref extends DomainRef {
  readonly domain?: DomainRef | undefined;
}

/**
 * The domains, projects, users, roles and role assignments, from the configuration file and from OVN
 * Northbound. Replicas with the same file have the same ids.
 */
export class Directory {
  readonly domains: EntityStore<Domain>;
  readonly projects: EntityStore<Project>;
  readonly users: EntityStore<User>;
  readonly roles: EntityStore<Role>;
  readonly grants: Grants;
  /** The domain of the configuration file. */
  readonly defaultDomain: Domain;

  constructor(config: Pick<IdentityConfig, 'domain' | 'projects' | 'users'>, nb: Northbound) {
    const stored = openEntityTables(nb);
    const given = readConfigured(config);
    this.defaultDomain = given.domain;
    this.domains = new EntityStore<Domain>({
      kind: 'domain',
      configured: [given.domain],
      stored: stored.domains,
      uniqueKey: ({ name }) => name,
      ownerOf: () => undefined,
      limit: 100,
    });
    this.projects = new EntityStore<Project>({
      kind: 'project',
      configured: given.projects,
      stored: stored.projects,
      uniqueKey: ({ domain_id, name }) => nameIn(domain_id, name),
      ownerOf: ({ domain_id }) => domain_id,
      limit: 10_000,
    });
    this.users = new EntityStore<User>({
      kind: 'user',
      configured: given.users,
      stored: stored.users,
      uniqueKey: ({ domain_id, name }) => nameIn(domain_id, name),
      ownerOf: ({ domain_id }) => domain_id,
      limit: 10_000,
    });
    this.roles = new EntityStore<Role>({
      kind: 'role',
      configured: given.roles,
      stored: stored.roles,
      uniqueKey: ({ name }) => name,
      ownerOf: () => undefined,
      limit: 100,
    });
    this.grants = new Grants(nb, given.grants);
  }

  /** The domain that a request names. */
  domain({ id, name }: DomainRef): Domain | undefined {
    if (id !== undefined) return this.domains.get(id);
    return name === undefined ? undefined : this.domains.named(name);
  }

  /** The user that a request names. */
  user(ref: Ref): User | undefined {
    return this.#find(this.users, ref);
  }

  /** The project that a request names. */
  project(ref: Ref): Project | undefined {
    return this.#find(this.projects, ref);
  }

  /** Whether a user, or a project, and its domain are enabled. */
  isActive(item: User | Project): boolean {
    return item.enabled && this.domains.get(item.domain_id)?.enabled === true;
  }

  /** Whether tokens can be for this scope: it exists and is enabled. */
  isOpen(scope: Scope): boolean {
    if (scope.kind === 'system') return true;
    if (scope.kind === 'domain') return this.domains.get(scope.id)?.enabled === true;
    const project = this.projects.get(scope.id);
    return project !== undefined && this.isActive(project);
  }

  /** A user's roles in a scope, with the implied ones. */
  rolesIn(userId: string, scope: Scope): Role[] {
    const ids = this.grants
      .of(userId)
      .filter((grant) => grant.scope.kind === scope.kind && grant.scope.id === scope.id)
      .flatMap(({ roleId }) => [roleId, ...this.impliedBy(roleId)]);
    return this.describeRoles([...new Set(ids)]);
  }

  /** The ids of the roles that a role implies, the direct one first. */
  impliedBy(roleId: string): string[] {
    const name = this.roles.isConfigured(roleId) ? this.roles.get(roleId)?.name : undefined;
    const next = name === undefined ? undefined : implied.get(name);
    if (next === undefined) return [];
    const id = derivedId('role', next);
    return [id, ...this.impliedBy(id)];
  }

  /** The roles with these ids, in the same order. */
  describeRoles(ids: readonly string[]): Role[] {
    return ids.flatMap((id) => this.roles.get(id) ?? []);
  }

  /** The enabled projects, or the enabled domains, in which a user has a role. */
  scopesOf(userId: string, kind: 'project' | 'domain'): string[] {
    const ids = this.grants.of(userId).flatMap(({ scope }) => (scope.kind === kind ? scope.id : []));
    return [...new Set(ids)].filter((id) => this.isOpen({ kind, id }));
  }

  #find<T extends User | Project>(store: EntityStore<T>, ref: Ref): T | undefined {
    if (ref.id !== undefined) return store.get(ref.id);
    const domain = ref.domain && this.domain(ref.domain);
    return domain && ref.name !== undefined ? store.named(nameIn(domain.id, ref.name)) : undefined;
  }
}

/** The objects of the configuration file. */
function readConfigured(config: Pick<IdentityConfig, 'domain' | 'projects' | 'users'>) {
  const entity = { extra: {}, enabled: true };
  const domain: Domain = { ...entity, ...config.domain, description: '', tags: [] };
  const projects = config.projects.map(
    ({ id, name, description }): Project => ({
      ...entity,
      id: id ?? derivedId('project', name),
      name,
      description,
      domain_id: domain.id,
      tags: [],
    }),
  );
  const users = config.users.map(
    ({ id, name, passwordHash }): User => ({
      ...entity,
      id: id ?? derivedId('user', name),
      name,
      domain_id: domain.id,
      default_project_id: null,
      passwordHash,
    }),
  );
  const roles = ['admin', 'member', 'reader'].map(
    (name): Role => ({ id: derivedId('role', name), name, description: null, extra: {} }),
  );
  const projectIds = new Map(projects.map(({ id, name }) => [name, id]));
  const grants = config.users.flatMap((user): Grant[] =>
    Object.entries(user.roles).flatMap(([project, names]) =>
      names.map((name) => ({
        userId: user.id ?? derivedId('user', user.name),
        scope: { kind: 'project', id: projectIds.get(project) ?? project },
        roleId: derivedId('role', name),
      })),
    ),
  );
  return { domain, projects, users, roles, grants };
}

/** An id derived from the name, so that all replicas use the same id. */
export function derivedId(kind: string, name: string): string {
  return createHash('sha256').update(`ovn-docker ${kind} ${name}`).digest('hex').slice(0, 32);
}
