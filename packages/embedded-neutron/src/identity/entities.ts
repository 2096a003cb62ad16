import { flag, json, optionalText, record, text } from '../northbound/external-ids.ts';
import { IdentityTable } from '../northbound/identity-rows.ts';
import type { Northbound } from '../northbound/northbound.ts';

/** What domains, projects, users and roles have in common. */
export interface Entity {
  /** 32 hexadecimal digits unless configured. */
  readonly id: string;
  readonly name: string;
  /** Additional attributes, which the service stores and does not read, such as `email`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A domain: names of users and of projects are unique in it. */
export interface Domain extends Entity {
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

/** A project. Its parent is its domain. */
export interface Project extends Domain {
  readonly domain_id: string;
}

/** A user. */
export interface User extends Entity {
  readonly domain_id: string;
  readonly enabled: boolean;
  readonly default_project_id: string | null;
  /** Undefined for a user that cannot log in with a password. */
  readonly passwordHash: string | undefined;
}

/** A role. Only admin, member and reader allow something. */
export interface Role extends Entity {
  readonly description: string | null;
}

const named = {
  name: text('keystone:name'),
  extra: json<Entity['extra']>('keystone:extra', {}),
};
const described = {
  ...named,
  description: text('keystone:description'),
  enabled: flag('keystone:enabled', true),
  tags: json<readonly string[]>('keystone:tags', []),
};
const domain_id = text('keystone:domain_id');
const passwordHash = {
  key: 'keystone:password_hash',
  read: (value: string | undefined) => value,
  write: (value: string | undefined) => value,
};

const domainRecord = record<Omit<Domain, 'id'>>(described);
const projectRecord = record<Omit<Project, 'id'>>({ ...described, domain_id });
const userRecord = record<Omit<User, 'id'>>({
  ...named,
  domain_id,
  enabled: described.enabled,
  default_project_id: optionalText('keystone:default_project_id'),
  passwordHash,
});
const roleRecord = record<Omit<Role, 'id'>>({
  ...named,
  description: optionalText('keystone:description'),
});

/** The unique key of a name in a domain. Ids contain no slash. */
export const nameIn = (domainId: string, name: string): string => `${domainId}/${name}`;

/** The stored domains, projects, users and roles. Those of the configuration file are not among them. */
export function openEntityTables(nb: Northbound) {
  const inDomain = ({ domain_id: owner, name }: Project | User) => ({ unique: nameIn(owner, name), owner });
  return {
    domains: new IdentityTable<Domain>(nb, 'domain', domainRecord, ({ name }) => ({ unique: name })),
    projects: new IdentityTable<Project>(nb, 'project', projectRecord, inDomain),
    users: new IdentityTable<User>(nb, 'user', userRecord, inDomain),
    roles: new IdentityTable<Role>(nb, 'role', roleRecord, ({ name }) => ({ unique: name })),
  };
}
