import { neutronError } from '../errors.ts';

/** Who makes a request, after authentication. */
export interface Caller {
  readonly userId: string;
  readonly projectId: string;
  /** Names of the roles in that project. */
  readonly roles: readonly string[];
}

/** Admins see and change everything. */
export const isAdmin = (caller: Caller): boolean => caller.roles.includes('admin');

/** Members change what is theirs; readers only read. */
export const mayWrite = (caller: Caller): boolean => isAdmin(caller) || caller.roles.includes('member');

/** Whether the caller acts for the owner of a resource. */
export const owns = (caller: Caller, resource: { readonly project_id: string }): boolean =>
  isAdmin(caller) || resource.project_id === caller.projectId;

/** @throws NeutronError PolicyNotAuthorized for a caller who may only read */
export function requireWriter(caller: Caller, action: string): void {
  if (!mayWrite(caller)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
}

/** The rule text of a refused attribute, as Neutron composes it. */
export const attributeRule = (action: string, attribute: string): string =>
  `(rule:${action} and rule:${action}:${attribute})`;
