import { neutronError } from '../errors.ts';

/** The authenticated user of a request, in the project that the token is for. */
export interface Caller {
  readonly userId: string;
  readonly projectId: string;
  /** Names of the user's roles in the project. */
  readonly roles: readonly string[];
}

/** Admins see and change everything. */
export const isAdmin = (caller: Caller): boolean => caller.roles.includes('admin');

/** Members change resources of their project; readers only read them. */
const mayWrite = (caller: Caller): boolean => isAdmin(caller) || caller.roles.includes('member');

/** Whether the caller may act for the owner of a resource. */
export const owns = (caller: Caller, resource: { readonly project_id: string }): boolean =>
  isAdmin(caller) || resource.project_id === caller.projectId;

/** Refuses an action to readers. @throws NeutronError PolicyNotAuthorized */
export function requireWriter(caller: Caller, action: string): void {
  if (!mayWrite(caller)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
}

/** The rule text of a refused attribute, as Neutron composes it. */
export const attributeRule = (action: string, attribute: string): string =>
  `(rule:${action} and rule:${action}:${attribute})`;
