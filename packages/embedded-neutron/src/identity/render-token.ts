import { renderRule } from './access-rules.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Identity, Principal } from './identity.ts';

/** A token as Keystone returns it. An unscoped token has neither project, roles nor catalog. */
export function renderToken(
  { directory, credentials }: Identity,
  principal: Principal,
  catalog: readonly CatalogEntry[] | undefined,
) {
  const { claims, user, project, roles, credential } = principal;
  const rules = credential && credentials.rulesOf(credential);
  return {
    token: {
      methods: claims.methods,
      user: { domain: directory.domain, id: user.id, name: user.name, password_expires_at: null },
      audit_ids: claims.auditIds,
      expires_at: microseconds(claims.expiresAt),
      issued_at: microseconds(claims.issuedAt),
      ...(project && {
        project: { domain: directory.domain, id: project.id, name: project.name },
        is_domain: false,
        roles: directory.describeRoles(roles),
        ...(catalog && { catalog }),
      }),
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
