import type { NbTransaction } from '../northbound/northbound.ts';
import type { Identity } from './identity.ts';

/*
 * What is deleted together: docs/decisions/identity-in-northbound.md. Each function is a part of a plan.
 */

/** Deletes a role and its assignments. @throws KeystoneError 403 for a role that always exists */
export function deleteRole(tx: NbTransaction, { directory }: Identity, id: string): void {
  directory.roles.delete(tx, id);
  directory.grants.removeAll(tx, new Set(), ({ roleId }) => roleId === id);
}

/** Deletes users and everything that is theirs. @throws KeystoneError 403 for a user of the file */
export function deleteUsers(tx: NbTransaction, identity: Identity, ids: ReadonlySet<string>): void {
  for (const id of ids) identity.directory.users.delete(tx, id);
  identity.directory.grants.removeAll(tx, ids);
  identity.credentials.deleteOfUsers(tx, ids);
  identity.revocations.forget(tx, ids);
}

/**
 * Deletes projects, the assignments on them and the credentials for them. Their networks and ports stay.
 *
 * @throws KeystoneError 403 for a project of the file
 */
export function deleteProjects(tx: NbTransaction, identity: Identity, ids: ReadonlySet<string>): void {
  for (const id of ids) identity.directory.projects.delete(tx, id);
  identity.directory.grants.removeAll(
    tx,
    new Set(),
    ({ scope }) => scope.kind === 'project' && ids.has(scope.id),
  );
  identity.credentials.deleteForProjects(tx, ids);
}

/** Deletes a domain with its users and projects. @throws KeystoneError 403 for the domain of the file */
export function deleteDomain(tx: NbTransaction, identity: Identity, id: string): void {
  const { directory, credentials, revocations } = identity;
  const users = new Set(directory.users.owned(id).map((user) => user.id));
  const projects = new Set(directory.projects.owned(id).map((project) => project.id));
  directory.domains.delete(tx, id);
  for (const user of users) directory.users.delete(tx, user);
  for (const project of projects) directory.projects.delete(tx, project);
  directory.grants.removeAll(
    tx,
    users,
    ({ scope }) =>
      (scope.kind === 'project' && projects.has(scope.id)) || (scope.kind === 'domain' && scope.id === id),
  );
  credentials.deleteOfUsers(tx, users);
  credentials.deleteForProjects(tx, projects, users);
  revocations.forget(tx, users);
}
