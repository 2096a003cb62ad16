import type { Identity, Principal } from '../identity.ts';

/** The domain of new objects of a caller whose request names none: that of the token's scope. */
export function homeDomain({ directory }: Identity, { scope, project }: Principal): string {
  if (scope?.kind === 'domain') return scope.id;
  return project?.domain_id ?? directory.defaultDomain.id;
}
