import { renderRule } from './access-rules.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Identity, Principal } from './identity.ts';

/** A token as Keystone returns it. An unscoped token has neither scope, roles nor catalog. */
export function renderToken(
  { directory, credentials }: Identity,
  principal: Principal,
  catalog: readonly CatalogEntry[] | undefined,
) {
  const { claims, user, scope, project, roles, credential } = principal;
  const rules = credential && credentials.rulesOf(credential);
  const domain = (id: string) => ({ id, name: directory.domains.get(id)?.name ?? '' });
  const [auditId = '', ...ancestors] = claims.auditIds;
  return {
    token: {
      methods: claims.methods,
      user: { domain: domain(user.domain_id), id: user.id, name: user.name, password_expires_at: null },
      // Keystone shows the token's own id and that of the first token in the chain.
      audit_ids: [auditId, ...ancestors.slice(-1)],
      expires_at: microseconds(claims.expiresAt),
      issued_at: microseconds(claims.issuedAt),
      ...(project && {
        project: { domain: domain(project.domain_id), id: project.id, name: project.name },
        is_domain: false,
      }),
      ...(scope?.kind === 'domain' && { domain: domain(scope.id) }),
      ...(scope?.kind === 'system' && { system: { all: true } }),
      ...(scope && { roles: roles.map(({ id, name }) => ({ id, name })), ...(catalog && { catalog }) }),
      ...(credential && {
        application_credential: {
          id: credential.id,
          name: credential.name,
          restricted: !credential.unrestricted,
          ...(rules && { access_rules: rules.map(renderRule) }),
        },
      }),
    },
  };
}

/** A time in Keystone's form: ISO 8601 with microseconds. */
function microseconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, '.000000Z');
}
